package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.lines4j.files.Digests;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.posix.Pages;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.storage.ByteSource;

/// Computes the SHA-256 of files: each is a unit. One that was hashed before is not read again
/// ([HashMemory]).
///
/// @param files all files of the inputs
/// @param numbers of those that are hashed
/// @param isStopped asked between pieces
record HashPass(List<ByteSource> files, List<Integer> numbers, BooleanSupplier isStopped)
    implements Pass<HashPass.Hashed> {
  private static final int BUFFER_BYTES = 1 << 18;

  /// The hashes of some files, in hexadecimal, by the files' numbers.
  static final class Hashed implements Partial<Hashed> {
    private final Map<Integer, String> byFile = new TreeMap<>();

    Map<Integer, String> byFile() {
      return byFile;
    }

    @Override
    public void add(Hashed other) {
      byFile.putAll(other.byFile);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(byFile.size());
      for (Map.Entry<Integer, String> entry : byFile.entrySet()) {
        out.writeInt(entry.getKey());
        out.writeUTF(entry.getValue());
      }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
      for (int left = in.readInt(); left > 0; left--) {
        byFile.put(in.readInt(), in.readUTF());
      }
    }
  }

  /// Every file of `inputs`, the first shard of each, then the second, as the engine comes to them.
  static List<ByteSource> files(Collection<Checkpoint> inputs) {
    int most = inputs.stream().mapToInt(input -> input.shards().size()).max().orElse(0);
    Set<ByteSource> files = new LinkedHashSet<>();
    for (int i = 0; i < most; i++) {
      for (Checkpoint input : inputs) {
        if (i < input.shards().size()) {
          files.add(input.shards().get(i).file());
        }
      }
    }
    return new ArrayList<>(files);
  }

  /// What another JVM has written.
  static HashPass read(Collection<Checkpoint> inputs, DataInput in) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      numbers.add(in.readInt());
    }
    return new HashPass(files(inputs), numbers, () -> false);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    WrittenPass.writeHash(out);
    out.writeInt(numbers.size());
    for (int number : numbers) {
      out.writeInt(number);
    }
  }

  @Override
  public String title() {
    return "hash";
  }

  @Override
  public int units() {
    return numbers.size();
  }

  @Override
  public long bytes(int unit) {
    return files.get(numbers.get(unit)).size();
  }

  @Override
  public Hashed nothing() {
    return new Hashed();
  }

  @Override
  public long deskBytes() {
    return BUFFER_BYTES;
  }

  @Override
  public Desk<Hashed> desk(Arena arena) {
    MemorySegment buffer = Pages.allocate(arena, BUFFER_BYTES);
    return (unit, into) ->
        into.byFile.put(numbers.get(unit), digest(files.get(numbers.get(unit)), buffer));
  }

  private String digest(ByteSource file, MemorySegment buffer) throws IOException {
    Optional<String> known = known(file);
    if (known.isPresent()) {
      return known.get();
    }
    Instant begin = Instant.now();
    String hash = hash(file, buffer);
    HashMemory.remember(file, hash, begin);
    return hash;
  }

  /// The hash of a file that need not be read for it.
  static Optional<String> known(ByteSource file) throws IOException {
    Optional<String> told = file.sha256();
    return told.isPresent() ? told : HashMemory.recall(file);
  }

  private String hash(ByteSource file, MemorySegment buffer) throws IOException {
    MessageDigest digest = Digests.newSha256();
    for (long from = 0; from < file.size(); from += BUFFER_BYTES) {
      if (isStopped.getAsBoolean()) {
        throw new IOException("stopped while hashing " + file.location());
      }
      MemorySegment piece = buffer.asSlice(0, Math.min(BUFFER_BYTES, file.size() - from));
      try {
        file.read(from, piece);
      } catch (IOException e) {
        throw new IOException(file.location() + ": " + e.getMessage(), e);
      }
      digest.update(piece.asByteBuffer());
    }
    return Digests.hex(digest.digest());
  }
}
