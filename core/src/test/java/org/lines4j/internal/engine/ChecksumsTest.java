package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumsTest {
  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private record Piece(int tensor, int from, int to) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void piecesThatComeInAnyOrderFromAnywhereAddUp(int seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> tensors = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tensors.add(new byte[i == 0 ? 0 : random.nextInt(10_000)]);
      random.nextBytes(tensors.get(i));
      int to;
      for (int from = 0; from < tensors.get(i).length; from = to) {
        to = Math.min(tensors.get(i).length, from + 1 + random.nextInt(2000));
        pieces.add(new Piece(i, from, to));
      }
    }
    Collections.shuffle(pieces, random);
    List<Checksums> desks = List.of(new Checksums(), new Checksums(), new Checksums());
    for (Piece piece : pieces) {
      byte[] bytes = tensors.get(piece.tensor);
      MemorySegment some = MemorySegment.ofArray(bytes).asSlice(piece.from, piece.to - piece.from);
      desks.get(random.nextInt(3)).add(7, piece.tensor, some, bytes.length - piece.to);
    }
    Checksums all = new Checksums();
    for (Checksums desk : desks) {
      all.add(sent(desk));
    }
    assertArrayEquals(tensors.stream().mapToInt(ChecksumsTest::crc).toArray(), all.of(7, 5));
  }

  private static Checksums sent(Checksums partial) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    partial.writeTo(new DataOutputStream(bytes));
    Checksums read = new Checksums();
    read.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    return read;
  }

  /// Zeros behind a piece that are more than an int counts come to the same whatever the steps.
  @Test
  void lengthsBeyondFourGigabytesAreCounted() {
    long far = 5_000_000_007L;
    int steps = 0x12345678;
    for (long left = far; left > 0; left -= Math.min(left, 1_000_000_000)) {
      steps = Checksums.before(steps, Math.min(left, 1_000_000_000));
    }
    assertEquals(steps, Checksums.before(0x12345678, far));
    assertEquals(0x12345678, Checksums.before(0x12345678, 0));
  }
}
