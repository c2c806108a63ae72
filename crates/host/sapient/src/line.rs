//! One connection: bytes to messages with deadlines on one side, messages to bytes on the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parapet_sapient::{FrameReader, Limits};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

/// A message that has begun is whole by then. A peer that sends one byte a second is not slow, it means harm.
const MESSAGE_WITHIN: Duration = Duration::from_secs(5);
/// What is sent has left by then, or nobody reads at the other end.
const SENT_WITHIN: Duration = Duration::from_secs(5);
/// Bytes that are read at once.
const READ_BYTES: usize = 16 * 1024;
/// Longest message before the peer has registered: a registration of the standard's own examples has 4 kB.
const STRANGER_BYTES_MAX: u32 = 64 * 1024;
/// Frames that wait to be sent to one peer.
pub(crate) const SENDING_MAX: usize = 64;

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer closed it, or the network did.
    Closed,
    /// A message was begun and not ended in time.
    Slow,
    /// A message was announced that nobody may send.
    TooLong,
    /// Whoever takes the messages is gone.
    Unheard,
}

impl End {
    /// As it is counted; nothing for an end that is in order.
    pub(crate) fn key(self) -> Option<&'static str> {
        match self {
            End::Closed | End::Unheard => None,
            End::Slow => Some("slow"),
            End::TooLong => Some("too_long"),
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            End::Closed => "the connection ended",
            End::Slow => "a message was begun and not ended in time",
            End::TooLong => "a message longer than any may be was announced",
            End::Unheard => "the program stops",
        }
    }
}

/// Reads messages and hands each over, in order, waiting where nobody takes it: the peer's own sending stops then.
pub(crate) async fn listen<T>(
    mut from: impl AsyncRead + Unpin,
    to: &mpsc::Sender<T>,
    is_registered: &Arc<AtomicBool>,
    wrap: impl Fn(Vec<u8>) -> T,
) -> End {
    let mut reader = FrameReader::new(&Limits { frame_bytes_max: STRANGER_BYTES_MAX, ..Limits::DEFAULT });
    let mut buffer = vec![0; READ_BYTES];
    let mut is_known = false;
    let mut begun: Option<Instant> = None;
    loop {
        if !is_known && is_registered.load(Ordering::Relaxed) {
            is_known = true;
            reader.allow(&Limits::DEFAULT);
        }
        loop {
            match reader.message() {
                Ok(Some(message)) => {
                    begun = None;
                    if to.send(wrap(message.to_vec())).await.is_err() {
                        return End::Unheard;
                    }
                }
                Ok(None) => break,
                Err(_) => return End::TooLong,
            }
        }
        // The deadline runs from a message's first byte, not from its latest.
        begun = reader.is_amid().then(|| begun.unwrap_or_else(Instant::now));
        let read = from.read(&mut buffer);
        let read = match begun {
            Some(since) => timeout_at(since + MESSAGE_WITHIN, read).await,
            None => Ok(read.await),
        };
        match read {
            Ok(Ok(count)) if count > 0 => reader.take(buffer.get(..count).unwrap_or_default()),
            Ok(_) => return End::Closed,
            Err(_) => return End::Slow,
        }
    }
}

/// Sends frames until the queue's other end is dropped; then what was queued has been sent, or nobody reads it.
pub(crate) async fn speak(mut to: impl AsyncWrite + Unpin, mut frames: mpsc::Receiver<Vec<u8>>) -> bool {
    while let Some(frame) = frames.recv().await {
        let send = async {
            to.write_all(&frame).await?;
            to.flush().await
        };
        if !matches!(timeout(SENT_WITHIN, send).await, Ok(Ok(()))) {
            return false;
        }
    }
    let _ = timeout(SENT_WITHIN, to.shutdown()).await;
    true
}

#[cfg(test)]
mod tests {
    use parapet_sapient::framed;

    use super::*;

    async fn listening(stream: tokio::io::DuplexStream, is_registered: bool) -> (End, Vec<Vec<u8>>) {
        let (to, mut heard) = mpsc::channel(100);
        let end = listen(stream, &to, &Arc::new(AtomicBool::new(is_registered)), |bytes| bytes).await;
        drop(to);
        let mut messages = Vec::new();
        while let Some(message) = heard.recv().await {
            messages.push(message);
        }
        (end, messages)
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_a_second_is_too_slow() {
        let (mut peer, stream) = tokio::io::duplex(1024);
        let since = Instant::now();
        let drip = async {
            peer.write_all(&framed(b"whole")).await.unwrap();
            for byte in framed(&[0; 100]) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let _ = peer.write_all(&[byte]).await;
            }
        };
        let ((end, messages), ()) = tokio::join!(listening(stream, true), drip);
        assert_eq!((end, messages), (End::Slow, vec![b"whole".to_vec()]));
        assert!(since.elapsed() >= MESSAGE_WITHIN);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_between_messages_is_nobodys_business_here() {
        let (mut peer, stream) = tokio::io::duplex(1024);
        let talk = async {
            for _ in 0..3 {
                peer.write_all(&framed(b"still here")).await.unwrap();
                tokio::time::sleep(Duration::from_secs(3_600)).await;
            }
            drop(peer);
        };
        let ((end, messages), ()) = tokio::join!(listening(stream, true), talk);
        assert_eq!((end, messages.len()), (End::Closed, 3));
    }

    #[tokio::test]
    async fn a_stranger_may_not_announce_much() {
        for (is_registered, announced, end) in
            [(false, 64 * 1024 + 1, End::TooLong), (true, 64 * 1024 + 1, End::Closed), (true, 2 << 20, End::TooLong)]
        {
            let (mut peer, stream) = tokio::io::duplex(1024);
            peer.write_all(&u32::to_le_bytes(announced)).await.unwrap();
            drop(peer);
            assert_eq!(listening(stream, is_registered).await, (end, Vec::new()), "{announced}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_left() {
        let (_peer, stream) = tokio::io::duplex(16);
        let (frames, waiting) = mpsc::channel(SENDING_MAX);
        frames.send(vec![0; 1024]).await.unwrap();
        assert!(!speak(stream, waiting).await);
    }
}
