package org.lines4j.s3;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.Location;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A multipart upload: a file in the making, which appears under its key when it is completed.
///
/// The file is cut into parts of one size. Whoever has all bytes of a part uploads it. Who has only
/// some of them, as processes that share a file have where their shares meet, leaves them beside as
/// fragments; whoever finds that a part's fragments are all there puts it together. So nobody waits
/// for anybody, and what is done twice comes to the same.
///
/// @param target the file
/// @param id of the upload
/// @param size of the file
/// @param partSize of all parts but the last
/// @param folder for fragments, which no other upload ever has
record Upload(
    Store store, S3Address target, String id, long size, long partSize, S3Address folder) {
  /// No store takes more parts.
  private static final int MOST_PARTS = 10_000;

  /// What a note of an upload is called; it holds the file's key.
  static final String NOTE = "begun";

  private static final long MEGABYTE = 1 << 20;
  private static final Pattern FRAGMENT = Pattern.compile("(\\d{1,5})/(\\d{1,15})-(\\d{1,15})");
  private static final Pattern SHARED =
      Pattern.compile("(.+)/of/(\\d{1,18})/([1-9]\\d{1,17})/([^/]+)/([^/]+)", Pattern.DOTALL);

  /// Begins one. It is noted before, so that the next run finds it whatever happens to this.
  ///
  /// @param usualPart bytes of a part, unless there would be too many parts
  static Upload begin(Store store, S3Address target, long size, long usualPart, S3Address folder)
      throws IOException {
    byte[] key = target.key().getBytes(StandardCharsets.UTF_8);
    store.put(folder.child(NOTE), MemorySegment.ofArray(key));
    String id =
        Calls.of(
            target,
            () ->
                store
                    .client()
                    .createMultipartUpload(ask -> ask.bucket(target.bucket()).key(target.key()))
                    .uploadId());
    long partSize = usualPart;
    if (Math.ceilDiv(size, usualPart) > MOST_PARTS) {
      partSize = Math.ceilDiv(Math.ceilDiv(size, MOST_PARTS), MEGABYTE) * MEGABYTE;
    }
    return new Upload(store, target, id, size, partSize, folder);
  }

  /// Where another process joins in.
  Location shared() {
    return folder
        .child("of/%d/%d/%s/%s".formatted(size, partSize, escaped(id), escaped(target.key())))
        .location();
  }

  /// The one that another process has begun.
  ///
  /// @throws NoSuchFileException if it is over
  static Upload join(Store store, Location shared) throws IOException {
    S3Address place = S3Address.of(shared);
    Matcher parts = SHARED.matcher(place.key());
    if (!parts.matches()) {
      throw new NoSuchFileException(shared.text(), null, "no file is in the making there");
    }
    Upload upload =
        new Upload(
            store,
            new S3Address(place.bucket(), plain(parts.group(5))),
            plain(parts.group(4)),
            Long.parseLong(parts.group(2)),
            Long.parseLong(parts.group(3)),
            new S3Address(place.bucket(), parts.group(1)));
    upload.checkOpen();
    return upload;
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String plain(String escaped) {
    return URLDecoder.decode(escaped, StandardCharsets.UTF_8);
  }

  /// Checks that it is neither completed nor given up.
  private void checkOpen() throws IOException {
    try {
      Calls.of(
          target,
          () ->
              store
                  .client()
                  .listParts(
                      ask ->
                          ask.bucket(target.bucket()).key(target.key()).uploadId(id).maxParts(1)));
    } catch (NoSuchFileException e) {
      throw over(e);
    }
  }

  private NoSuchFileException over(Exception cause) {
    NoSuchFileException over =
        new NoSuchFileException(target.toString(), null, "the run that began it is over");
    over.initCause(cause);
    return over;
  }

  int parts() {
    return (int) Math.ceilDiv(size, partSize());
  }

  /// The part that a byte of the file is in.
  int partOf(long position) {
    return (int) (position / partSize());
  }

  /// Where a part begins in the file.
  long start(int part) {
    return part * partSize();
  }

  /// A part of which no byte is there.
  Part part(int number) {
    return new Part(number, Math.min(partSize(), size - start(number)));
  }

  /// Uploads a part that is complete.
  void send(Part part) throws IOException {
    try {
      Calls.of(
          target,
          () ->
              store
                  .client()
                  .uploadPart(
                      ask ->
                          ask.bucket(target.bucket())
                              .key(target.key())
                              .uploadId(id)
                              .partNumber(part.number() + 1),
                      Store.body(part.bytes())));
    } catch (NoSuchFileException e) {
      throw over(e);
    }
  }

  /// Leaves what is there of a part, and uploads all of it if others have left the rest.
  void leave(Part part) throws IOException {
    for (ByteRange piece : part.pieces().all()) {
      S3Address fragment =
          folder.child(
              "%d/%d-%d".formatted(part.number(), piece.from(), piece.from() + piece.count()));
      store.put(fragment, part.bytes().asSlice(piece.from(), piece.count()));
    }
    try {
      checkOpen();
    } catch (NoSuchFileException e) {
      store.delete(folder.bucket(), store.keys(folder.bucket(), folder.prefix())); // who else would
      throw e;
    }
    gather(part, left(part.number() + "/").getOrDefault(part.number(), List.of()));
  }

  /// What somebody has of a part, beside it.
  ///
  /// @param piece which bytes of the part it holds
  private record Fragment(ByteRange piece, StoredObject object) {}

  /// What was left of each part.
  ///
  /// @param which what their names begin with
  private Map<Integer, List<Fragment>> left(String which) throws IOException {
    Map<Integer, List<Fragment>> found = new TreeMap<>();
    for (S3Object object : store.objects(folder.bucket(), folder.prefix() + which)) {
      Matcher name = FRAGMENT.matcher(object.key().substring(folder.prefix().length()));
      if (name.matches()) {
        long from = Long.parseLong(name.group(2));
        ByteRange piece = new ByteRange(from, Long.parseLong(name.group(3)) - from);
        found
            .computeIfAbsent(Integer.parseInt(name.group(1)), _ -> new ArrayList<>())
            .add(new Fragment(piece, StoredObject.of(store, folder.bucket(), object)));
      }
    }
    return found;
  }

  /// Fills a part with what was left of it, and uploads it if that is all.
  ///
  /// @return whether it is
  private boolean gather(Part part, List<Fragment> left) throws IOException {
    Pieces all = new Pieces();
    all.addAll(part.pieces().all());
    left.forEach(fragment -> all.add(fragment.piece()));
    if (!all.holds(new ByteRange(0, part.bytes().byteSize()))) {
      return false;
    }
    for (Fragment fragment : left) {
      ByteRange piece = fragment.piece();
      if (!part.pieces().holds(piece)) {
        fragment.object().fetch(0, part.bytes().asSlice(piece.from(), piece.count()));
        part.pieces().add(piece);
      }
    }
    send(part);
    return true;
  }

  /// Uploads what is still to be put together of fragments.
  ///
  /// @return all parts, with which it can be completed
  /// @throws IOException if bytes of the file were never written
  List<CompletedPart> finish() throws IOException {
    TreeMap<Integer, CompletedPart> sent = sent();
    if (sent.size() < parts()) {
      Map<Integer, List<Fragment>> left = left("");
      for (int i = 0; i < parts(); i++) {
        if (!sent.containsKey(i + 1)) {
          try (Part part = part(i)) {
            if (!gather(part, left.getOrDefault(i, List.of()))) {
              throw new IOException(
                  "%s: of part %d of %d not all bytes have come".formatted(target, i + 1, parts()));
            }
          }
        }
      }
      sent = sent();
    }
    return List.copyOf(sent.values());
  }

  /// The parts that the store has.
  private TreeMap<Integer, CompletedPart> sent() throws IOException {
    return Calls.of(
        target,
        () -> {
          TreeMap<Integer, CompletedPart> found = new TreeMap<>();
          store
              .client()
              .listPartsPaginator(ask -> ask.bucket(target.bucket()).key(target.key()).uploadId(id))
              .parts()
              .forEach(part -> found.put(part.partNumber(), completed(part)));
          return found;
        });
  }

  private static CompletedPart completed(software.amazon.awssdk.services.s3.model.Part part) {
    return CompletedPart.builder()
        .partNumber(part.partNumber())
        .eTag(part.eTag())
        .checksumCRC32(part.checksumCRC32())
        .checksumCRC32C(part.checksumCRC32C())
        .checksumCRC64NVME(part.checksumCRC64NVME())
        .checksumSHA1(part.checksumSHA1())
        .checksumSHA256(part.checksumSHA256())
        .build();
  }

  /// Has the file appear.
  ///
  /// @param parts as [#finish] has found them
  void complete(List<CompletedPart> parts) throws IOException {
    if (parts.isEmpty()) { // an upload has one at least
      abort();
      store.put(target, MemorySegment.NULL);
      return;
    }
    Calls.of(
        target,
        () ->
            store
                .client()
                .completeMultipartUpload(
                    ask ->
                        ask.bucket(target.bucket())
                            .key(target.key())
                            .uploadId(id)
                            .multipartUpload(all -> all.parts(parts))));
  }

  /// Gives it up.
  void abort() throws IOException {
    abort(store, target, id);
  }

  private static void abort(Store store, S3Address target, String id) throws IOException {
    try {
      Calls.of(
          target,
          () ->
              store
                  .client()
                  .abortMultipartUpload(
                      ask -> ask.bucket(target.bucket()).key(target.key()).uploadId(id)));
    } catch (NoSuchFileException e) {
      // it is over already
    }
  }

  /// Gives up all that are there of a file.
  static void abortAll(Store store, S3Address target) throws IOException {
    List<String> ids =
        Calls.of(
            target,
            () ->
                store
                    .client()
                    .listMultipartUploadsPaginator(
                        ask -> ask.bucket(target.bucket()).prefix(target.key()))
                    .uploads()
                    .stream()
                    .filter(upload -> upload.key().equals(target.key()))
                    .map(MultipartUpload::uploadId)
                    .toList());
    for (String id : ids) {
      abort(store, target, id);
    }
  }
}
