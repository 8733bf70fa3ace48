package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.jspecify.annotations.Nullable;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;

/// A file in the making. Hadoop's files are written from their beginning on, so what comes in a row
/// goes into a file of its own, a fragment, which is called by the bytes that it holds when they
/// are all there: see [Fragments].
final class HadoopSink implements Sink {
  /// Fragments that are written at a time: threads write in as many places, and some behind each
  /// other.
  private static final int MOST_OPEN = 32;

  private static final int PIECE = 1 << 17;

  private final Place folder;
  private final boolean isJoined;
  private final TreeMap<Long, Run> open = new TreeMap<>(); // by where they end
  private boolean closed;

  private HadoopSink(Place folder, boolean isJoined) {
    this.folder = folder;
    this.isJoined = isJoined;
  }

  /// @param folder for the fragments, which no other file ever has
  static HadoopSink create(Place folder) throws IOException {
    folder.makeFolder();
    return new HadoopSink(folder, false);
  }

  /// A file that another process has begun.
  static HadoopSink join(Place folder) throws IOException {
    if (!folder.exists()) {
      throw over(folder);
    }
    return new HadoopSink(folder, true);
  }

  private static NoSuchFileException over(Place folder) {
    return new NoSuchFileException(folder.toString(), null, "the run that began it is over");
  }

  Place folder() {
    return folder;
  }

  @Override
  public Optional<Location> shared() {
    return Optional.of(folder.location());
  }

  /// Bytes in a row.
  private final class Run {
    private final Place file = folder.child(UUID.randomUUID().toString());
    private final FSDataOutputStream stream;
    private final long from;
    private long to;

    Run(long from) throws IOException {
      this.from = from;
      this.to = from;
      // not where the folder is gone: whoever outlives the run makes nothing
      this.stream = folder.files().createFile(file.path()).overwrite(false).build();
    }

    void append(MemorySegment bytes) throws IOException {
      byte[] piece = new byte[(int) Math.min(PIECE, bytes.byteSize())];
      for (long done = 0; done < bytes.byteSize(); done += piece.length) {
        int count = (int) Math.min(piece.length, bytes.byteSize() - done);
        MemorySegment.copy(bytes, done, MemorySegment.ofArray(piece), 0, count);
        stream.write(piece, 0, count);
      }
      to += bytes.byteSize();
    }

    /// Gives it its name. Who does the same work may have been faster.
    void finish() throws IOException {
      try {
        stream.hsync();
        stream.close();
        Place whole = folder.child(Fragments.name(from, to));
        if (whole.exists() || !folder.files().rename(file.path(), whole.path())) {
          file.delete();
          if (!whole.exists()) {
            throw over(folder);
          }
        }
      } catch (IOException e) {
        abandon();
        throw folder.failed(e);
      }
    }

    void abandon() {
      try (stream) {
        file.delete();
      } catch (IOException e) {
        // it goes with the folder
      }
    }
  }

  @Override
  public void write(MemorySegment bytes, long position) throws IOException {
    if (bytes.byteSize() == 0) {
      return;
    }
    Run run = take(position);
    try {
      if (run == null) {
        run = new Run(position);
      }
      run.append(bytes);
    } catch (IOException e) {
      if (run != null) {
        run.abandon();
      }
      throw folder.failed(e);
    }
    List<Run> enough = put(run);
    for (Run one : enough) {
      one.finish();
    }
  }

  private synchronized @Nullable Run take(long position) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    return open.remove(position);
  }

  /// @return those that are to be finished
  private synchronized List<Run> put(Run run) {
    List<Run> enough = new ArrayList<>();
    Run other = open.put(run.to, run);
    if (other != null) {
      enough.add(other);
    }
    while (closed ? !open.isEmpty() : open.size() > MOST_OPEN) {
      enough.add(open.pollFirstEntry().getValue()); // the least likely to go on
    }
    return enough;
  }

  @Override
  public void sync() throws IOException {
    List<Run> all;
    synchronized (this) {
      all = new ArrayList<>(open.values());
      open.clear();
    }
    for (Run run : all) {
      run.finish();
    }
  }

  /// Gives up what is not finished.
  void abandon() {
    List<Run> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(open.values());
      open.clear();
    }
    all.forEach(Run::abandon);
  }

  @Override
  public void close() {
    if (isJoined) {
      abandon();
    }
  }
}
