//! Why a page is not shown, and what is shown instead.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use minijinja::context;

use crate::error::Error;
use crate::web::{failure, page};

/// What a handler gives back.
pub(super) type Page = Result<HttpResponse, Stop>;

/// Why not.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nobody is signed in: she goes to where she can.
    SignIn,
    /// The same, for a script that cannot go anywhere.
    SignedOut,
    /// It does not exist, or she is not the guide's customer.
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
            Self::SignIn => return page::go_to("/workbench/sign-in"),
            Self::SignedOut => (
                StatusCode::UNAUTHORIZED,
                "需要重新登录",
                "登录已失效，请重新进入工作台。".to_owned(),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "没有找到",
                "这一页不存在，或这位顾客现在由别的导购服务。".to_owned(),
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
                    tracing::error!(%error, "a page of the workbench failed");
                    let text = "暂时无法处理，刚才的修改没有保存。请稍后再试。".to_owned();
                    (status, "暂时无法处理", text)
                }
                status => (status, "没有完成", error.to_string()),
            },
        };
        page::show(status, "workbench/failure", context! { title, text })
    }
}
