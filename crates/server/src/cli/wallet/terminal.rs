//! A terminal that runs, asked over HTTP.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use reqwest::{Client, Response, Url};
use serde::de::DeserializeOwned;

use crate::http::error::Failure;

/// How long a terminal may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long it may say nothing.
const SILENT_AT_MOST: Duration = Duration::from_mins(1);

/// A terminal somewhere.
#[derive(Debug)]
pub(super) struct Terminal {
    base: Url,
    client: Client,
}

impl Terminal {
    /// The terminal at an address.
    pub(super) fn at(url: &str) -> anyhow::Result<Self> {
        let base: Url = url.parse().map_err(|error| {
            anyhow!(
                "{url:?} is not the address of a terminal such as http://127.0.0.1:8080: {error}"
            )
        })?;
        if !matches!(base.scheme(), "http" | "https") {
            bail!("{url:?} is not the address of a terminal: it begins with http:// or https://");
        }
        let client = Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(SILENT_AT_MOST)
            .user_agent(concat!("cascadian/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("cannot make an HTTP client")?;
        Ok(Self { base, client })
    }

    /// What it tells of a wallet.
    pub(super) async fn wallet<T: DeserializeOwned>(
        &self,
        who: &str,
        part: &str,
        parameters: &[(String, String)],
    ) -> anyhow::Result<T> {
        let response = self.get(who, part, parameters).await?;
        let body = response.bytes().await.with_context(|| self.broke_off())?;
        serde_json::from_slice(&body).with_context(|| {
            format!("what {} answers is of another version of this program", self.base)
        })
    }

    /// Passes a file on as it comes. `false`: whoever reads it had enough.
    pub(super) async fn pass_on(
        &self,
        who: &str,
        part: &str,
        parameters: &[(String, String)],
        out: &mut impl Write,
    ) -> anyhow::Result<bool> {
        let mut response = self.get(who, part, parameters).await?;
        while let Some(chunk) = response.chunk().await.with_context(|| self.broke_off())? {
            match out.write_all(&chunk) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
                written => written.context("cannot write to standard output")?,
            }
        }
        out.flush().context("cannot write to standard output")?;
        Ok(true)
    }

    async fn get(
        &self,
        who: &str,
        part: &str,
        parameters: &[(String, String)],
    ) -> anyhow::Result<Response> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow!("{} has no paths", self.base))?
            .pop_if_empty()
            .extend(["api", "polymarket", "wallet", who, part]);
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        let sent = self.client.get(url).send().await;
        let response = sent.map_err(|error| self.unreachable(error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.bytes().await.with_context(|| self.broke_off())?;
        match serde_json::from_slice::<Failure>(&body) {
            Ok(failure) => Err(refusal(&failure)),
            Err(_) => bail!("{} answers {status}, which no terminal does", self.base),
        }
    }

    fn unreachable(&self, error: reqwest::Error) -> anyhow::Error {
        let remedy =
            "start one with `cascadian serve` (or `cascadian demo`), or say with --url where it is";
        let is_away = error.is_connect();
        let error = anyhow::Error::new(error.without_url());
        if is_away {
            error.context(format!("no terminal answers at {}; {remedy}", self.base))
        } else {
            error.context(format!("{} does not answer", self.base))
        }
    }

    fn broke_off(&self) -> String {
        format!("the answer of {} broke off", self.base)
    }
}

/// What the terminal says, with what it says of each parameter.
fn refusal(failure: &Failure) -> anyhow::Error {
    let mut lines = vec![failure.error.message.clone()];
    lines.extend(failure.error.details.fields.iter().map(|field| {
        let value = field.value.as_deref().map(|value| format!(" {value:?}")).unwrap_or_default();
        format!("  {}{value}: {}", field.field, field.message)
    }));
    if failure.error.details.fields.is_empty() && failure.error.details.more.is_empty() {
        lines.push(failure.error.code.0.remedy().to_owned());
    }
    anyhow!(lines.join("\n"))
}
