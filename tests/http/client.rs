//! Somebody who is signed in: a cookie, and the secret that every form carries.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use insamlingsregister::actions::sign_in;
use insamlingsregister::clock;
use insamlingsregister::db::{Db, people, sessions};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::person::Person;
use insamlingsregister::domain::sign_in::Purpose;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, TestApp};

/// Somebody who is signed in to a register under test.
pub struct Client<'a> {
    app: &'a TestApp,
    /// Who it is.
    pub person: Uuid,
    /// The cookie, as the browser sends it.
    pub cookie: String,
    /// The secret of the session's forms.
    pub csrf: String,
}

/// The name and value of a cookie that an answer sets.
pub fn cookie_of(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|text| text.split(';').next());
    pairs.find(|pair| pair.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))).map(str::to_owned)
}

/// The value of the first hidden field of this name in a page.
pub fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

/// The address of this site that a letter gives for signing in: `/logga-in/…`.
pub fn link_in(letter: &str) -> String {
    let at = letter.find("/logga-in/").expect("a link");
    letter[at..].split_whitespace().next().unwrap_or_default().to_owned()
}

/// Fields as a browser sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A form that is sent.
pub fn posting(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(form(fields))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl TestApp {
    /// A person with an account, whom nobody has signed in.
    pub async fn person(&self, role: Role, organisation: &str, manager: bool) -> Person {
        let id = clock::new_id();
        let person = Person {
            id,
            email: Some(format!("{}-{}@funktion.example", role.code(), id.simple())),
            name: None,
            organisation: organisation.to_owned(),
            role,
            manager,
            created_at: clock::now(),
            last_seen_at: None,
            warned_at: None,
            closed_at: None,
            erased_at: None,
        };
        let mut tx = self.state.db.write().await.expect("a transaction");
        people::put(&mut tx, &person).await.expect("the person is written");
        tx.commit().await.expect("committed");
        person
    }

    /// The address of a link that signs a person in, as an invitation has it.
    pub async fn link(&self, person: Uuid) -> String {
        let mut tx = self.state.db.write().await.expect("a transaction");
        let token = sign_in::make_link(&mut tx, person, Purpose::Invitation, None, clock::now()).await.expect("a link");
        tx.commit().await.expect("committed");
        format!("/logga-in/{token}")
    }

    /// A new person of this role in this organisation, signed in through a link.
    pub async fn signed_in(&self, role: Role, organisation: &str) -> Client<'_> {
        let person = self.person(role, organisation, false).await;
        self.enter(person.id).await
    }

    /// A new person who looks after the organisation's people, signed in.
    pub async fn signed_in_manager(&self, role: Role, organisation: &str) -> Client<'_> {
        let person = self.person(role, organisation, true).await;
        self.enter(person.id).await
    }

    /// The plain text of every letter to an address, the oldest first.
    pub async fn letters(&self, recipient: &str) -> Vec<String> {
        let text = "SELECT text_part FROM mail WHERE recipient = $1 ORDER BY id";
        let letters = match &self.state.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(text).bind(recipient).fetch_all(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(text).bind(recipient).fetch_all(pool).await,
        };
        letters.expect("the letters")
    }

    /// The number that was given last, also of a collection that is not open.
    pub async fn newest_number(&self) -> String {
        let text = "SELECT number FROM collection ORDER BY id DESC LIMIT 1";
        match &self.state.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(text).fetch_one(read).await,
            Db::Postgres(pool) => sqlx::query_scalar(text).fetch_one(pool).await,
        }
        .expect("a collection")
    }

    /// Every session: its digest and what it holds.
    pub async fn session_rows(&self) -> Vec<(String, Value)> {
        let text = "SELECT id_digest, data FROM session ORDER BY id_digest";
        match &self.state.db {
            Db::Sqlite { read, .. } => sqlx::query_as(text).fetch_all(read).await,
            Db::Postgres(pool) => sqlx::query_as(text).fetch_all(pool).await,
        }
        .expect("the sessions")
    }

    /// How many sessions a person has.
    pub async fn sessions_of(&self, person: Uuid) -> usize {
        let person = Value::from(person.to_string());
        self.session_rows().await.iter().filter(|(_, data)| data["person"] == person).count()
    }

    /// Makes a person's sessions as old as they would be if it had signed in and been seen so long ago.
    pub async fn age_session(&self, person: Uuid, signed_in: TimeDelta, seen: TimeDelta) {
        let now = clock::now();
        for (digest, mut data) in self.session_rows().await {
            if data["person"] == person.to_string() {
                data["signed_in"]["at"] = json!(now - signed_in);
                data["signed_in"]["seen"] = json!(now - seen);
                let mut tx = self.state.db.write().await.expect("a transaction");
                let expires_at = now + TimeDelta::hours(1);
                sessions::update(&mut tx, &digest, Some(person), &data, expires_at).await.expect("written");
                tx.commit().await.expect("committed");
            }
        }
    }

    /// Signs a known person in.
    pub async fn enter(&self, person: Uuid) -> Client<'_> {
        let answer = self.send(posting(&self.link(person).await, &[])).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = cookie_of(&answer, "insamling").expect("a session");
        let mut client = Client { app: self, person, cookie, csrf: String::new() };
        client.csrf = hidden(&client.page("/om").await, "csrf").expect("the frame holds the session's secret");
        client
    }
}

impl Client<'_> {
    /// Sends a request with the cookie.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::COOKIE, self.cookie.parse().expect("a cookie"));
        self.app.send(request).await
    }

    /// Asks for an address.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap_or_else(|error| panic!("{path}: {error}"))).await
    }

    /// Asks for an address that must answer 200, and gives its body.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.text
    }

    /// Sends a form with the session's secret.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("csrf", &self.csrf));
        self.send(posting(path, &fields)).await
    }
}
