//! temp
use daogou_ground::{Chance, Clock, http_client, install_tls};
fn main() {
    install_tls();
    let l = std::net::TcpListener::bind(std::env::args().nth(1).unwrap_or("127.0.0.1:18081".into())).unwrap();
    actix_web::rt::System::new().block_on(async {
        let s = daogou_sandbox::Sandbox::new(Clock::system(), Chance::system(), http_client().unwrap());
        daogou_sandbox::serve(l, s).unwrap().await.unwrap();
    });
}
