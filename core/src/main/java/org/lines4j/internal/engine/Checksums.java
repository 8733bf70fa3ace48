package org.lines4j.internal.engine;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.lines4j.run.Partial;

/// The CRC-32 of tensors whose bytes come in pieces, in any order and from anywhere: a number for
/// each tensor.
///
/// CRC-32 is linear. That of a whole is the sum, without carries, of what its pieces come to when
/// zeros follow each in place of what lies behind it; and zeros multiply by a power of x, modulo
/// the polynomial.
final class Checksums implements Partial<Checksums> {
  /// x³² + x²⁶ + … + 1 without its highest term, the term of x⁰ in the highest bit.
  private static final int POLYNOMIAL = 0xedb88320;

  private static final int ONE = 1 << 31;

  /// x to the powers of 1, 2, 4, 8, ….
  private static final int[] POWERS = powers();

  private static final int LONGEST = 1 << 30;

  private record Tensor(int shard, int index) {}

  private final Map<Tensor, Integer> sums = new HashMap<>();

  /// Takes a piece of a tensor.
  ///
  /// @param behind how many bytes of the tensor follow it
  void add(int shard, int index, MemorySegment piece, long behind) {
    CRC32 crc = new CRC32();
    for (long from = 0; from < piece.byteSize(); from += LONGEST) {
      long count = Math.min(LONGEST, piece.byteSize() - from);
      crc.update(piece.asSlice(from, count).asByteBuffer());
    }
    add(new Tensor(shard, index), before((int) crc.getValue(), behind));
  }

  private void add(Tensor tensor, int sum) {
    sums.merge(tensor, sum, (a, b) -> a ^ b);
  }

  /// The checksums of a file's tensors once all of their pieces have come: 0 for one without bytes.
  int[] of(int shard, int tensors) {
    int[] all = new int[tensors];
    for (int i = 0; i < tensors; i++) {
      all[i] = sums.getOrDefault(new Tensor(shard, i), 0);
    }
    return all;
  }

  /// What `crc` comes to when `bytes` zeros follow.
  static int before(int crc, long bytes) {
    int factor = ONE;
    int power = 3; // a byte has 2³ bits
    for (long left = bytes; left != 0; left >>>= 1) {
      if ((left & 1) != 0) {
        factor = product(factor, POWERS[power]);
      }
      power = (power + 1) % POWERS.length; // x to 2³² is x again
    }
    return product(factor, crc);
  }

  private static int[] powers() {
    int[] powers = new int[Integer.SIZE];
    powers[0] = 1 << 30;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = product(powers[i - 1], powers[i - 1]);
    }
    return powers;
  }

  /// Of two polynomials, modulo the polynomial.
  private static int product(int a, int b) {
    int sum = 0;
    int shifted = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        sum ^= shifted;
      }
      shifted = (shifted & 1) == 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
    }
    return sum;
  }

  @Override
  public void add(Checksums other) {
    other.sums.forEach(this::add);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(sums.size());
    for (Map.Entry<Tensor, Integer> entry : sums.entrySet()) {
      out.writeInt(entry.getKey().shard);
      out.writeInt(entry.getKey().index);
      out.writeInt(entry.getValue());
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      add(new Tensor(in.readInt(), in.readInt()), in.readInt());
    }
  }
}
