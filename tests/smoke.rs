use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn smoke() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let me = app.get("/users/me").bearer(&ada).send().await;
    me.assert_status(200);
    assert_eq!(me.json()["email"], "ada@example.com");
    let wrong = app
        .post(
            "/auth/login",
            &json!({"username": "ada", "password": "not this one"}),
        )
        .send()
        .await;
    wrong.assert_error(401, "INVALID_CREDENTIALS");
}
