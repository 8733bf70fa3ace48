package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.ByteRange;
import org.lines4j.tensor.TensorInfo;

/// What becomes of a model whose files are damaged: it is refused, by an exception for that, or it
/// is something whole.
final class Damage {
  private static final int BEGINNING = 4096;
  private static final int TRIES = 300;

  /// What replaces bytes: numbers that are as large as can be, or negative.
  private static final List<byte[]> NUMBERS =
      List.of(
          number(8, 0xff, 0xff),
          number(8, 0xff, 0x7f),
          number(8, 0, 0x40),
          number(4, 0xff, 0xff),
          number(4, 0xff, 0x7f),
          number(4, 0, 0x80),
          number(2, 0xff, 0xff),
          "99999999".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

  private final ModelUnderTest model;
  private final List<TensorInfo> infos;
  private final Map<String, byte[]> tensors = new LinkedHashMap<>();

  /// By file: the bytes that are tensors', and nothing else.
  private final Map<String, List<Owned>> owned = new LinkedHashMap<>();

  private record Owned(String tensor, ByteRange range) {
    boolean holds(int position) {
      return position >= range.from() && position < range.from() + range.count();
    }
  }

  Damage(ModelUnderTest model) throws IOException {
    this.model = model;
    try (Checkpoint checkpoint = model.open()) {
      infos = checkpoint.infos();
      for (StoredTensor tensor : checkpoint.tensors()) {
        tensors.put(tensor.name(), model.content(checkpoint, tensor.name()));
        String file = checkpoint.shards().get(tensor.shard()).location().text();
        for (ByteRange range : checkpoint.source(tensor).ranges(0, tensor.byteSize())) {
          owned
              .computeIfAbsent(file, any -> new java.util.ArrayList<>())
              .add(new Owned(tensor.name(), range));
        }
      }
    }
  }

  private static byte[] number(int count, int low, int high) {
    byte[] bytes = new byte[count];
    java.util.Arrays.fill(bytes, (byte) low);
    bytes[count - 1] = (byte) high;
    return bytes;
  }

  /// Cuts each file at each of its first bytes, and here and there.
  void truncate() throws IOException {
    for (Map.Entry<String, byte[]> file : model.content().entrySet()) {
      int size = file.getValue().length;
      Set<Integer> lengths = new TreeSet<>();
      Random random = new Random(size);
      for (int i = 0; i < TRIES && size > 0; i++) {
        lengths.add(Math.min(i, size - 1));
        lengths.add(Math.max(0, size - 1 - i));
        lengths.add(random.nextInt(size));
      }
      for (int length : lengths) {
        byte[] cut = java.util.Arrays.copyOf(file.getValue(), length);
        String which = "%s, its first %d of %d bytes".formatted(file.getKey(), length, size);
        attempt(file.getKey(), cut, which, checkpoint -> isTheSame(checkpoint, which));
      }
    }
  }

  /// Changes single bytes of each file.
  void flip() throws IOException {
    for (Map.Entry<String, byte[]> file : model.content().entrySet()) {
      Random random = new Random(file.getValue().length);
      for (int position : positions(file.getValue().length, random)) {
        byte[] changed = file.getValue().clone();
        int bits = random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255);
        changed[position] ^= (byte) bits;
        String which = "%s, byte %d ^ 0x%02x".formatted(file.getKey(), position, bits);
        Set<String> touched = owners(file.getKey(), position);
        attempt(
            file.getKey(),
            changed,
            which,
            checkpoint -> {
              isWhole(checkpoint, which);
              if (!touched.isEmpty()) {
                othersAreTheSame(checkpoint, touched, which);
              }
            });
      }
    }
  }

  /// Puts numbers into each file that are too large.
  void exaggerate() throws IOException {
    for (Map.Entry<String, byte[]> file : model.content().entrySet()) {
      Random random = new Random(file.getValue().length);
      for (int position : positions(file.getValue().length, random)) {
        byte[] number = NUMBERS.get(random.nextInt(NUMBERS.size()));
        byte[] changed = file.getValue().clone();
        int count = Math.min(number.length, changed.length - position);
        System.arraycopy(number, 0, changed, position, count);
        String which =
            "%s, from byte %d %s"
                .formatted(file.getKey(), position, java.util.HexFormat.of().formatHex(number));
        attempt(file.getKey(), changed, which, checkpoint -> isWhole(checkpoint, which));
      }
    }
  }

  /// Most at the beginning and at the end, where headers are.
  private static Set<Integer> positions(int size, Random random) {
    Set<Integer> positions = new TreeSet<>();
    for (int i = 0; i < TRIES && size > 0; i++) {
      positions.add(random.nextInt(Math.min(size, BEGINNING)));
      positions.add(size - 1 - random.nextInt(Math.min(size, BEGINNING)));
      positions.add(random.nextInt(size));
      positions.add(Math.min(i, size - 1));
    }
    return positions;
  }

  private Set<String> owners(String name, int position) {
    String file = name.isEmpty() ? model.location().text() : model.files().at(name).text();
    Set<String> owners = new HashSet<>();
    for (Owned part : owned.getOrDefault(file, List.of())) {
      if (part.holds(position)) {
        owners.add(part.tensor());
      }
    }
    return owners;
  }

  @FunctionalInterface
  private interface Verdict {
    void on(Checkpoint checkpoint) throws IOException;
  }

  private void attempt(String name, byte[] content, String which, Verdict verdict)
      throws IOException {
    try (ModelUnderTest damaged = model.with(name, content)) {
      try {
        damaged.isRecognised();
        try (Checkpoint checkpoint = damaged.open()) {
          verdict.on(checkpoint);
        }
      } catch (InputException | IOException e) {
        assertFalse(String.valueOf(e.getMessage()).isBlank(), () -> which + ": no message");
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError(which + ": expected to be refused as an input, found " + e, e);
      }
      assertEquals(0, damaged.files().open.get(), () -> which + ": files are left open");
    }
  }

  private void isTheSame(Checkpoint checkpoint, String which) throws IOException {
    assertEquals(infos, checkpoint.infos(), which);
    othersAreTheSame(checkpoint, Set.of(), which);
  }

  private void othersAreTheSame(Checkpoint checkpoint, Set<String> but, String which)
      throws IOException {
    assertEquals(infos, checkpoint.infos(), which);
    for (Map.Entry<String, byte[]> tensor : tensors.entrySet()) {
      if (!but.contains(tensor.getKey())) {
        assertArrayEquals(
            tensor.getValue(),
            model.content(checkpoint, tensor.getKey()),
            () -> which + ": " + tensor.getKey());
      }
    }
  }

  /// What is said fits together, and the ends of each tensor can be read.
  private static void isWhole(Checkpoint checkpoint, String which) throws IOException {
    Set<String> names = new HashSet<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      assertTrue(names.add(tensor.name()), which);
      TensorSource source = checkpoint.source(tensor);
      assertEquals(tensor.info(), source.info(), which);
      long size = tensor.byteSize();
      int unit = TensorReads.unit(tensor.info().dtype());
      assertTrue(size >= 0, which);
      if (size >= unit) {
        source.read(0, MemorySegment.ofArray(new byte[unit]));
        source.read(size - unit, MemorySegment.ofArray(new byte[unit]));
        source.ranges(0, size);
      }
    }
  }
}
