package org.lines4j.spark.hadoop;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtExit;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Sink;
import org.lines4j.storage.far.Lease;

/// An output in the making, beside its place, to which it is moved when all is there.
///
/// ```
/// parent/OUT                                        old output, or nothing
/// parent/.OUT.lines-partial/lock                    which run makes it: see Lease
/// parent/.OUT.lines-partial/old                     what is replaced, until it is deleted
/// parent/.OUT.lines-partial/RANDOM/new              the output in the making
/// parent/.OUT.lines-partial/RANDOM/parts/RANDOM/…   fragments of a large file
/// ```
///
/// What replaces nothing appears in one step. Else there is an instant at which the old output is
/// moved away and the new one is not there yet; a run that is killed then leaves the old one to the
/// next, which puts it back.
final class HadoopDraft implements Draft {
  private static final int PIECE = 1 << 20;

  private final Place out;
  private final boolean isFolder;
  private final Place beside;
  private final Place own;
  private final Lease lease;
  private final AtExit onExit = new AtExit("lines-cleanup", this::discard);
  private final Map<Place, Large> large = new LinkedHashMap<>();
  private boolean open = true;

  private HadoopDraft(Place out, boolean isFolder, Place beside, Lease lease) {
    this.out = out;
    this.isFolder = isFolder;
    this.beside = beside;
    this.own = beside.child(UUID.randomUUID().toString());
    this.lease = lease;
  }

  /// A file of fragments.
  private record Large(HadoopSink sink, long size) {}

  /// Begins one, and clears what a killed run to the same place has left.
  ///
  /// @param beat how often it shows that it lives
  static HadoopDraft begin(Place out, boolean isFolder, Duration beat) throws IOException {
    Place beside = out.sibling("." + out.path().getName() + ".lines-partial");
    Lease lease =
        Lease.take(new LeaseNote(beside.child("lock")), beat).orElseThrow(() -> inUse(out));
    HadoopDraft draft = new HadoopDraft(out, isFolder, beside, lease);
    try {
      draft.begin();
    } catch (IOException | RuntimeException e) {
      draft.close();
      throw e;
    }
    return draft;
  }

  /// Makes its folder. A JVM that is ended meanwhile removes it when it is made.
  private synchronized void begin() throws IOException {
    onExit.arm();
    clear();
    if (isFolder) {
      content().makeFolder();
    } else {
      own.makeFolder();
    }
  }

  private static RequestException inUse(Place out) {
    return new RequestException(
        out + ": another run is writing this output at the moment, or was a moment ago");
  }

  private Place old() {
    return beside.child("old");
  }

  private Place content() {
    return own.child("new");
  }

  private void clear() throws IOException {
    if (old().exists() && !out.exists()) {
      old().moveTo(out);
    }
    try {
      for (FileStatus left : beside.files().listStatus(beside.path())) {
        String name = left.getPath().getName();
        if (!name.equals("lock")) {
          beside.child(name).delete();
        }
      }
    } catch (IOException e) {
      throw beside.failed(e);
    }
  }

  private Place place(String name) {
    return isFolder ? content().child(Draft.checkName(name)) : content();
  }

  private void checkOpen() throws IOException {
    if (!open) {
      throw new IOException(out + ": the run was stopped");
    }
  }

  @Override
  public synchronized Sink create(String name, long size) throws IOException {
    Place place = place(name);
    begin(place);
    HadoopSink sink = HadoopSink.create(own.child("parts").child(UUID.randomUUID().toString()));
    large.put(place, new Large(sink, size));
    return sink;
  }

  /// Whatever was begun under a name goes.
  private void begin(Place place) throws IOException {
    checkOpen();
    Large before = large.remove(place);
    if (before != null) {
      before.sink().abandon();
      before.sink().folder().delete();
    }
    place.delete();
  }

  @Override
  public synchronized void write(String name, byte[] content) throws IOException {
    Place place = place(name);
    begin(place);
    try (FSDataOutputStream file = place.files().create(place.path(), true)) {
      file.write(content);
      file.hsync();
    } catch (IOException e) {
      throw place.failed(e);
    }
  }

  @Override
  public synchronized void copy(String name, ByteSource source) throws IOException {
    Place place = place(name);
    begin(place);
    byte[] piece = new byte[PIECE];
    try (FSDataOutputStream file = place.files().create(place.path(), true)) {
      for (long from = 0; from < source.size(); from += PIECE) {
        int count = (int) Math.min(PIECE, source.size() - from);
        source.read(from, MemorySegment.ofArray(piece).asSlice(0, count));
        file.write(piece, 0, count);
      }
      file.hsync();
    } catch (IOException e) {
      throw place.failed(e);
    }
  }

  @Override
  public synchronized void publish() throws IOException {
    checkOpen();
    for (Map.Entry<Place, Large> file : large.entrySet()) {
      HadoopSink sink = file.getValue().sink();
      sink.sync();
      file.getKey().parent().makeFolder();
      new Fragments(sink.folder()).gather(file.getValue().size(), file.getKey());
    }
    large.clear();
    own.child("parts").delete();
    lease.check();
    boolean isReplaced = out.exists();
    if (isReplaced) {
      out.moveTo(old());
    }
    try {
      content().moveTo(out);
    } catch (IOException e) {
      if (isReplaced) {
        old().moveTo(out);
      }
      throw e;
    }
  }

  /// Removes everything but the published output.
  @Override
  public void close() {
    discard();
    onExit.disarm();
  }

  private synchronized void discard() {
    if (!open) {
      return;
    }
    open = false;
    try {
      try (lease) {
        large.values().forEach(file -> file.sink().abandon());
        own.delete();
        if (lease.isHeld()) {
          old().delete();
        }
      }
      beside.files().delete(beside.path(), false); // unless another run has begun
    } catch (IOException | RuntimeException e) {
      // What cannot be removed now is removed by the next run; the output itself is not concerned.
    }
  }
}
