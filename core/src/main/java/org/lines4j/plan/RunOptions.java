package org.lines4j.plan;

import org.lines4j.error.RequestException;

/// How a plan is carried out; none of it changes a byte of the output.
///
/// @param threads that read, compute and write, ≥ 1
/// @param chunkBytes the unit of work, a multiple of 64 KiB
/// @param progress told how it goes
/// @param fetching whether inputs that lie far away are brought near before they are read, where
///   their storage can keep them; else they are read as they come
public record RunOptions(int threads, int chunkBytes, Progress progress, boolean fetching) {
  private static final int CHUNK_UNIT = 1 << 16;
  private static final int CHUNK_DEFAULT = 1 << 22;
  private static final int CHUNK_MOST = 1 << 26;

  /// @throws RequestException if a number is out of range
  public RunOptions {
    if (threads < 1 || threads > 1024) {
      throw RequestException.expected("threads", "1 … 1024", threads);
    }
    if (chunkBytes < CHUNK_UNIT || chunkBytes % CHUNK_UNIT != 0 || chunkBytes > CHUNK_MOST) {
      throw RequestException.expected(
          "a chunk", "a multiple of 64 KiB up to 64 MiB", chunkBytes + " bytes");
    }
  }

  /// Two threads for each processor, since half of them wait for the disk (up to 16 in all, beyond
  /// which copying gains nothing), chunks of 4 MiB, silent.
  public static RunOptions defaults() {
    return new RunOptions(
        Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 2, 16),
        CHUNK_DEFAULT,
        Progress.SILENT,
        true);
  }

  /// These options with another number of threads.
  public RunOptions withThreads(int number) {
    return new RunOptions(number, chunkBytes, progress, fetching);
  }

  /// These options with another unit of work.
  public RunOptions withChunkBytes(int bytes) {
    return new RunOptions(threads, bytes, progress, fetching);
  }

  /// These options with a listener.
  public RunOptions withProgress(Progress listener) {
    return new RunOptions(threads, chunkBytes, listener, fetching);
  }

  /// These options, with inputs from afar brought near first, or not.
  public RunOptions withFetching(boolean first) {
    return new RunOptions(threads, chunkBytes, progress, first);
  }
}
