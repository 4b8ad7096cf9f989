//! Why a page is not shown, and what is shown instead.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use minijinja::context;

use crate::error::Error;
use crate::web::language::ours;
use crate::web::{failure, page};

/// What a handler gives back.
pub(super) type Page = Result<HttpResponse, Stop>;

/// Why not.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nobody is signed in.
    SignIn,
    /// She may not.
    Forbidden,
    /// It does not exist, or not for her.
    NotFound,
    /// The form did not come from our page, or not from this sign-in.
    Foreign,
    /// The form cannot be read.
    Unreadable,
    /// Something failed.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ResponseError for Stop {
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let (status, title, text) = match self {
            Self::SignIn => return page::go_to("/console/sign-in"),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "没有权限",
                "你的角色看不到这个页面，或不能这样做。需要时请联系总部管理员。".to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "没有找到",
                "这一页不存在，或不在你的权限范围内。".to_owned(),
            ),
            Self::Foreign => (
                StatusCode::FORBIDDEN,
                "没有提交",
                "这个表单已过期，或不是从本站页面提交的。请返回，刷新后再提交一次。".to_owned(),
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "没有提交",
                "提交的内容无法读取。请返回，再提交一次。".to_owned(),
            ),
            Self::Failed(error) => match failure::status(error) {
                status if status.is_server_error() => {
                    tracing::error!(%error, "a page failed");
                    let text = "暂时无法处理，刚才的修改没有保存。请稍后再试。".to_owned();
                    (status, "暂时无法处理", text)
                }
                status => (status, "没有完成", error.to_string()),
            },
        };
        let back = "/console";
        page::show(
            status,
            "failure",
            context! { status => status.as_u16(), title => ours(title), text => ours(text), back },
        )
    }
}
