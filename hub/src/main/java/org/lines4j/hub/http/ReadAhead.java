package org.lines4j.hub.http;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads of a file far away. The first ones bring little, for they may be all: a header's. Where one
/// follows another each brings twice as much, and soon whole blocks come before they are asked for.
///
/// Any thread may read.
public final class ReadAhead implements Closeable {
  /// Bytes of a page, the least that is fetched.
  private static final int PAGE = 1 << 16;

  /// Pages in a row behind which a reader is taken to go on.
  private static final int RUN = 16;

  /// Pages of one file that are kept.
  private static final int MOST_PAGES = 64;

  private final Ranges source;
  private final Blocks blocks;
  private final Map<Long, byte[]> pages =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @java.io.Serial private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
              return size() > MOST_PAGES;
            }
          });
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
    if (first.length == Math.min(PAGE, source.size())) {
      pages.put(0L, first.clone());
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
    long number = from / PAGE;
    byte[] page = pages.get(number);
    long block = from / Blocks.SIZE;
    if (page == null && !isStreamed(number, block)) {
      page = fetchPages(number);
    }
    if (page != null) {
      long count = Math.min(target.byteSize(), page.length - (from - number * PAGE));
      MemorySegment.copy(
          MemorySegment.ofArray(page), from - number * PAGE, target, 0, count);
      return count;
    }
    long start = from - block * Blocks.SIZE;
    long count = Math.min(target.byteSize(), Blocks.SIZE - start);
    blocks.use(
        this, source, block, bytes -> MemorySegment.copy(bytes, start, target, 0, count));
    return count;
  }

  private boolean isStreamed(long page, long block) {
    return blocks.holds(this, block)
        || (block > 0 && blocks.holds(this, block - 1))
        || run(page) >= RUN;
  }

  /// Pages in a row before one.
  private int run(long page) {
    int count = 0;
    while (count < RUN && pages.containsKey(page - count - 1)) {
      count++;
    }
    return count;
  }

  /// Fetches a page, and as many behind it as lie before it.
  private byte[] fetchPages(long number) throws IOException {
    long from = number * PAGE;
    long wanted = (long) Math.max(1, run(number)) * PAGE;
    byte[] bytes = new byte[(int) Math.min(wanted, source.size() - from)];
    source.fetch(from, MemorySegment.ofArray(bytes));
    for (int at = 0; at < bytes.length; at += PAGE) {
      byte[] page = new byte[Math.min(PAGE, bytes.length - at)];
      System.arraycopy(bytes, at, page, 0, page.length);
      pages.put(number + at / PAGE, page);
    }
    byte @Nullable [] first = pages.get(number);
    return Objects.requireNonNullElse(first, bytes);
  }

  @Override
  public void close() {
    closed = true;
    pages.clear();
    blocks.drop(this);
  }
}
