package org.lines4j.run;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/// Consecutive units of a pass that one thread does one after the other: to hand units to another
/// machine one by one would cost more than many of them do.
///
/// @param from the first
/// @param to behind the last
/// @param bytes that they handle
public record Batch(int from, int to, long bytes) implements Serializable {
  /// What a batch handles where there is plenty: much beside what it costs to hand one out.
  private static final long USUAL_BYTES = 1 << 27;

  /// The batches of a thread: enough for none to wait long for the last, and no more for larger
  /// models, for whoever hands them out hears of each.
  private static final long FEWEST = 4;

  private static final long MOST = 64;

  @Serial private static final long serialVersionUID = 1L;

  /// Cuts a pass, for machines that share it.
  ///
  /// @param threads of all machines
  public static List<Batch> of(Pass<?> pass, int threads) {
    return of(pass.units(), pass::bytes, threads);
  }

  /// Cuts units of which the bytes are known. A unit that has more than a batch is one by itself.
  public static List<Batch> of(int units, IntToLongFunction bytes, int threads) {
    long total = IntStream.range(0, units).mapToLong(bytes).sum();
    long most = Math.max(USUAL_BYTES, total / (MOST * threads));
    long each = Math.clamp(total / (FEWEST * threads), 1, most);
    List<Batch> batches = new ArrayList<>();
    int from = 0;
    long sum = 0;
    for (int i = 0; i < units; i++) {
      sum += bytes.applyAsLong(i);
      if (sum >= each || i == units - 1) {
        batches.add(new Batch(from, i + 1, sum));
        from = i + 1;
        sum = 0;
      }
    }
    return batches;
  }

  /// The units' numbers.
  public int[] units() {
    return IntStream.range(from, to).toArray();
  }
}
