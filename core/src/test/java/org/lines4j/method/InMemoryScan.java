package org.lines4j.method;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.tensor.Shape;

/// A tensor in arrays. Odd blocks come to another partial result than even ones.
public final class InMemoryScan implements TensorScan {
  private final Shape shape;
  private final float[] base;
  private final List<float[]> models;

  /// @param base empty for none
  public InMemoryScan(Shape shape, float[] base, List<float[]> models) {
    this.shape = shape;
    this.base = base.clone();
    this.models = List.copyOf(models);
  }

  /// One model's vector without a base.
  public static InMemoryScan of(float[] values) {
    return new InMemoryScan(Shape.of(values.length), new float[0], List.of(values));
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int models() {
    return models.size();
  }

  @Override
  public boolean hasBase() {
    return base.length > 0;
  }

  private int length() {
    return Math.toIntExact(shape.elements());
  }

  @Override
  public <P extends Partial<P>> P measure(Supplier<P> empty) {
    P even = empty.get();
    P odd = empty.get();
    for (int first = 0; first < length(); first += BLOCK) {
      int count = Math.min(BLOCK, length() - first);
      tiles(first, count, first / BLOCK % 2 == 0 ? even : odd);
    }
    P sent = empty.get();
    send(even, sent);
    odd.add(sent);
    return odd;
  }

  @Override
  public <P extends Partial<P>> P sample(Supplier<P> empty) {
    P partial = empty.get();
    int step = (int) ((long) length() * Kernels.TILE / SAMPLE);
    for (int first = 0; first + Kernels.TILE <= length(); first += step) {
      tiles(first, Kernels.TILE, partial);
    }
    return partial;
  }

  @Override
  public <P extends Partial<P>> P measure(long from, long count, Supplier<P> empty) {
    P partial = empty.get();
    tiles((int) from, (int) count, partial);
    return partial;
  }

  /// As another machine's results come.
  private static void send(Partial<?> from, Partial<?> to) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      from.writeTo(new DataOutputStream(bytes));
      to.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int partials() {
    return 3;
  }

  private void tiles(int from, int count, Partial<?> partial) {
    for (int done = 0; done < count; done += Kernels.TILE) {
      int first = from + done;
      int length = Math.min(Kernels.TILE, count - done);
      float[][] tiles =
          models.stream().map(model -> tile(model, first, length)).toArray(float[][]::new);
      partial.tile(first, hasBase() ? tile(base, first, length) : new float[0], tiles, length);
    }
  }

  private static float[] tile(float[] values, int first, int length) {
    return Arrays.copyOf(Arrays.copyOfRange(values, first, first + length), Kernels.TILE);
  }
}
