//! Closing a line so that what was said last arrives.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// How long the other side may take to close, too.
const LINGER: Duration = Duration::from_secs(1);
/// How much is read of what it still sends, piece by piece.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const PIECE_BYTES: usize = 8 * 1024;

/// Says that nothing more comes, and lets what still arrives go. A line that is closed with something unread in
/// it is reset by the system, and a reset can take away what was sent before it: why we close.
pub(crate) async fn linger<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let drained = async {
        if stream.shutdown().await.is_err() {
            return;
        }
        let mut piece = vec![0; PIECE_BYTES];
        let mut left = MOST_BYTES;
        while let Ok(read @ 1..) = stream.read(&mut piece).await {
            let Some(still) = left.checked_sub(read) else { return };
            left = still;
        }
    };
    // Whoever does not close in time is left to the system.
    let _ = tokio::time::timeout(LINGER, drained).await;
}
