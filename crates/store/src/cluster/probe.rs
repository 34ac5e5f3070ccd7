//! Whether a server answers, asked the way a client does: with a startup packet.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::Cluster;

/// How long one answer may take; a healthy server needs a millisecond.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Protocol version 3.0.
const PROTOCOL: i32 = 0x0003_0000;

/// Longest reply that is read; an error message is a few hundred bytes.
const LONGEST_REPLY: usize = 8192;

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It lets us in.
    Ready,
    /// Nobody answers yet, or the server is starting, stopping or recovering.
    NotYet,
    /// It is up and will not let us in.
    Refused(String),
}

/// Knocks once.
pub(super) fn ask(socket: &Path) -> Answer {
    // A server that closes the connection in between is on its way up or down.
    knock(socket).unwrap_or(Answer::NotYet)
}

fn knock(socket: &Path) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    stream.write_all(&startup_packet())?;
    let (kind, body) = read_message(&mut stream)?;
    // Terminate, so that the server does not log a lost client. It may be gone already.
    let _ = stream.write_all(&[b'X', 0, 0, 0, 4]);
    Ok(match kind {
        b'R' => Answer::Ready,
        b'E' => interpret_error(&body),
        other => Answer::Refused(format!("unexpected message {other:#04x}")),
    })
}

fn startup_packet() -> Vec<u8> {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    for text in ["user", Cluster::OWNER, "database", "postgres"] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), body.as_slice()].concat()
}

fn read_message(stream: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut header = [0; 5];
    stream.read_exact(&mut header)?;
    let [kind, length @ ..] = header;
    let length = u32::from_be_bytes(length) as usize;
    let mut body = vec![0; length.saturating_sub(4).min(LONGEST_REPLY)];
    stream.read_exact(&mut body)?;
    Ok((kind, body))
}

/// An error's fields are a letter and a text each, ended by NUL: `C` is the SQLSTATE, `M` the
/// message. `57P03` says that the server cannot take connections now.
fn interpret_error(body: &[u8]) -> Answer {
    let field = |wanted: u8| {
        body.split(|byte| *byte == 0)
            .find_map(|field| field.split_first().filter(|(kind, _)| **kind == wanted))
            .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    };
    match field(b'C').as_str() {
        "57P03" => Answer::NotYet,
        // Too many connections: the server is up, which is what was asked.
        "53300" => Answer::Ready,
        _ => Answer::Refused(field(b'M')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starting_server_is_not_a_refusal() {
        let starting = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0";
        assert_eq!(interpret_error(starting), Answer::NotYet);
        let refused = b"SFATAL\0C28000\0Mpeer authentication failed\0\0";
        assert_eq!(interpret_error(refused), Answer::Refused("peer authentication failed".into()));
    }

    #[test]
    fn the_startup_packet_says_its_own_length() {
        let packet = startup_packet();
        let length = u32::from_be_bytes(packet.first_chunk().copied().unwrap());
        assert_eq!(length as usize, packet.len());
    }

    #[test]
    fn nobody_listening_means_not_yet() {
        assert_eq!(ask(Path::new("/nonexistent/.s.PGSQL.5432")), Answer::NotYet);
    }
}
