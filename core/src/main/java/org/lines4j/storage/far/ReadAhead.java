package org.lines4j.storage.far;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads of a file far away. The first ones bring little, for they may be all: a header's. Where
/// one follows another each brings twice as much, and soon whole blocks come before they are asked
/// for.
///
/// Any thread may read.
public final class ReadAhead implements Closeable {
  /// Pages in a row behind which a reader is taken to go on.
  private static final int RUN = 16;

  private final Ranges source;
  private final Blocks blocks;
  private final Pages pages = Pages.SHARED;
  private volatile boolean closed;

  /// Reads of a file.
  public ReadAhead(Ranges source) {
    this(source, Blocks.SHARED);
  }

  ReadAhead(Ranges source, Blocks blocks) {
    this.source = source;
    this.blocks = blocks;
  }

  /// Puts in what has come already.
  ///
  /// @param first the file's beginning: a page, or all of it
  public void know(byte[] first) {
    if (first.length == Math.min(Pages.SIZE, source.size())) {
      pages.put(this, 0, first.clone());
    }
  }

  /// Fills `target`.
  ///
  /// @throws EOFException if it reaches behind the end
  public void read(long from, MemorySegment target) throws IOException {
    if (closed) {
      throw new IOException("it is closed");
    }
    if (from < 0) {
      throw new IllegalArgumentException("a read from byte " + from);
    }
    if (from > source.size() - target.byteSize()) {
      throw new EOFException("the file has only " + source.size() + " bytes");
    }
    for (long done = 0; done < target.byteSize(); ) {
      done += readSome(from + done, target.asSlice(done));
    }
  }

  /// Reads up to the end of the page or block.
  private long readSome(long from, MemorySegment target) throws IOException {
    long number = from / Pages.SIZE;
    byte[] page = pages.find(this, number);
    long block = from / Blocks.SIZE;
    if (page == null && !isStreamed(number, block)) {
      page = fetchPages(number);
    }
    if (page != null) {
      long count = Math.min(target.byteSize(), page.length - (from - number * Pages.SIZE));
      MemorySegment.copy(MemorySegment.ofArray(page), from - number * Pages.SIZE, target, 0, count);
      return count;
    }
    long start = from - block * Blocks.SIZE;
    long count = Math.min(target.byteSize(), Blocks.SIZE - start);
    blocks.use(this, source, block, bytes -> MemorySegment.copy(bytes, start, target, 0, count));
    return count;
  }

  private boolean isStreamed(long page, long block) {
    return blocks.holds(this, block)
        || (block > 0 && blocks.holds(this, block - 1))
        || pages.run(this, page, RUN) >= RUN;
  }

  /// Fetches a page, and as many behind it as lie before it.
  private byte[] fetchPages(long number) throws IOException {
    long from = number * Pages.SIZE;
    long wanted = (long) Math.max(1, pages.run(this, number, RUN)) * Pages.SIZE;
    byte[] bytes = new byte[(int) Math.min(wanted, source.size() - from)];
    source.fetch(from, MemorySegment.ofArray(bytes));
    for (int at = 0; at < bytes.length; at += Pages.SIZE) {
      byte[] page = new byte[Math.min(Pages.SIZE, bytes.length - at)];
      System.arraycopy(bytes, at, page, 0, page.length);
      pages.put(this, number + at / Pages.SIZE, page);
    }
    byte @Nullable [] first = pages.find(this, number);
    return Objects.requireNonNullElse(first, bytes);
  }

  /// Gives up large pieces, of which nobody reads on for now.
  public void pause() {
    blocks.drop(this);
  }

  @Override
  public void close() {
    closed = true;
    pages.drop(this);
    blocks.drop(this);
  }
}
