package org.lines4j.s3;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtExit;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Sink;
import org.lines4j.storage.far.Lease;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// An output in the making: its large files are multipart uploads, which are completed when all is
/// there; its small ones are kept in memory until then.
///
/// ```
/// folder/OUT…                                  old output, or nothing
/// folder/.OUT.lines-partial/lock               which run makes it: see Lease
/// folder/.OUT.lines-partial/RANDOM/begun       the key of a file that is uploaded
/// folder/.OUT.lines-partial/RANDOM/PART/A-B    bytes of a part: see Upload
/// ```
///
/// A store has no step that replaces a folder. So a publication first removes what was there, but
/// for what completed uploads replace, then completes them, then writes the small files, an index
/// last: for a moment a reader may find too little, but no index with weights of two outputs.
final class S3Draft implements Draft {
  /// Bytes of an upload's part.
  static final int USUAL_PART = 8 << 20;

  private static final int MOST_SMALL = 8 << 20;
  private static final long MOST_KEPT = 1 << 26;
  private static final int PIECE = 1 << 22;
  private static final String LOCK = "lock";

  private final Store store;
  private final S3Address out;
  private final boolean isFolder;
  private final long usualPart;
  private final S3Address beside;
  private final Lease lease;
  private final AtExit onExit = new AtExit("lines-cleanup", this::discard);
  private final Map<S3Address, S3Sink> large = new LinkedHashMap<>();
  private final Map<S3Address, byte[]> small = new LinkedHashMap<>();
  private boolean open = true;

  private S3Draft(
      Store store, S3Address out, boolean isFolder, long usualPart, S3Address beside, Lease lease) {
    this.store = store;
    this.usualPart = usualPart;
    this.out = out;
    this.isFolder = isFolder;
    this.beside = beside;
    this.lease = lease;
  }

  /// Begins one, and clears what a killed run to the same place has left.
  ///
  /// @param usualPart bytes of an upload's part
  /// @param beat how often it shows that it lives
  static S3Draft begin(Store store, S3Address out, boolean isFolder, long usualPart, Duration beat)
      throws IOException {
    S3Address beside = out.sibling("." + out.name() + ".lines-partial");
    Lease lease =
        Lease.take(new LeaseNote(store, beside.child(LOCK)), beat).orElseThrow(() -> inUse(out));
    S3Draft draft = new S3Draft(store, out, isFolder, usualPart, beside, lease);
    try {
      draft.onExit.arm();
      draft.clear();
    } catch (IOException | RuntimeException e) {
      draft.close();
      throw e;
    }
    return draft;
  }

  private static RequestException inUse(S3Address out) {
    return new RequestException(out + ": another run is writing this output at the moment");
  }

  /// Gives up uploads that were noted, and removes all but the lock.
  private void clear() throws IOException {
    List<String> left = new ArrayList<>(store.keys(out.bucket(), beside.prefix()));
    left.remove(beside.child(LOCK).key());
    for (String key : left) {
      if (key.endsWith("/" + Upload.NOTE)) {
        Optional<StoredObject> note = StoredObject.look(store, new S3Address(out.bucket(), key));
        if (note.isPresent()) {
          String noted = new String(note.get().beginning(), StandardCharsets.UTF_8);
          S3Address file = new S3Address(out.bucket(), noted);
          if (out.contains(file)) {
            Upload.abortAll(store, file);
          }
        }
      }
    }
    store.delete(out.bucket(), left);
  }

  private S3Address place(String name) {
    return isFolder ? out.child(Draft.checkName(name)) : out;
  }

  @Override
  public synchronized Sink create(String name, long size) throws IOException {
    S3Address place = place(name);
    begin(place);
    Upload upload =
        Upload.begin(store, place, size, usualPart, beside.child(UUID.randomUUID().toString()));
    S3Sink sink = new S3Sink(upload, false);
    large.put(place, sink);
    return sink;
  }

  /// Whatever was begun under a name goes.
  private void begin(S3Address place) throws IOException {
    checkOpen();
    small.remove(place);
    S3Sink before = large.remove(place);
    if (before != null) {
      giveUp(before);
    }
  }

  private static void giveUp(S3Sink sink) throws IOException {
    sink.abandon();
    sink.awaitLast();
    sink.upload().abort();
  }

  @Override
  public synchronized void write(String name, byte[] content) throws IOException {
    S3Address place = place(name);
    if (isSmall(content.length)) {
      begin(place);
      small.put(place, content.clone());
      return;
    }
    try (Sink sink = create(name, content.length)) {
      sink.write(MemorySegment.ofArray(content), 0);
      sink.sync();
    }
  }

  private boolean isSmall(long size) {
    long kept = small.values().stream().mapToLong(content -> content.length).sum();
    return size <= MOST_SMALL && kept + size <= MOST_KEPT;
  }

  @Override
  public synchronized void copy(String name, ByteSource source) throws IOException {
    S3Address place = place(name);
    if (isSmall(source.size())) {
      byte[] content = new byte[(int) source.size()];
      source.read(0, MemorySegment.ofArray(content));
      begin(place);
      small.put(place, content);
      return;
    }
    try (Sink sink = create(name, source.size())) {
      MemorySegment buffer = MemorySegment.ofArray(new byte[PIECE]);
      for (long from = 0; from < source.size(); from += PIECE) {
        MemorySegment piece = buffer.asSlice(0, Math.min(PIECE, source.size() - from));
        source.read(from, piece);
        sink.write(piece, from);
      }
      sink.sync();
    }
  }

  private void checkOpen() throws IOException {
    if (!open) {
      throw new IOException(out + ": the run was stopped");
    }
  }

  @Override
  public void publish() throws IOException {
    Map<Upload, List<CompletedPart>> ready = new LinkedHashMap<>();
    for (S3Sink sink : List.copyOf(large.values())) {
      sink.sync();
      ready.put(sink.upload(), sink.upload().finish());
    }
    synchronized (this) {
      checkOpen();
      lease.check();
      if (isFolder) {
        List<String> old = new ArrayList<>(store.keys(out.bucket(), out.prefix()));
        large.keySet().forEach(file -> old.remove(file.key()));
        store.delete(out.bucket(), old);
      }
      for (Map.Entry<Upload, List<CompletedPart>> upload : ready.entrySet()) {
        upload.getKey().complete(upload.getValue());
      }
      large.clear();
      for (Map.Entry<S3Address, byte[]> file : inOrder()) {
        store.put(file.getKey(), MemorySegment.ofArray(file.getValue()));
      }
      small.clear();
      StoredObject.forget();
    }
  }

  /// What makes a model of its weights comes last.
  private List<Map.Entry<S3Address, byte[]>> inOrder() {
    return small.entrySet().stream()
        .sorted(Comparator.comparing(file -> file.getKey().key().endsWith(".index.json")))
        .toList();
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
    try (lease) {
      for (S3Sink sink : large.values()) {
        giveUp(sink);
      }
      if (lease.isHeld()) {
        List<String> left = new ArrayList<>(store.keys(out.bucket(), beside.prefix()));
        left.remove(beside.child(LOCK).key());
        store.delete(out.bucket(), left);
      }
    } catch (IOException | RuntimeException e) {
      // What cannot be removed now is removed by the next run; the output itself is not concerned.
    }
  }
}
