package org.lines4j.lab.encoder;

import java.util.stream.IntStream;

/// Numbers from 0 on in a random order, then again in another one.
final class EndlessOrder {
  private final SeededNumbers numbers;
  private final int[] order;
  private int used;

  EndlessOrder(int count, long seed) {
    this.numbers = new SeededNumbers(seed, "batches");
    this.order = IntStream.range(0, count).toArray();
    this.used = count;
  }

  int next() {
    if (used == order.length) {
      shuffle();
      used = 0;
    }
    return order[used++];
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int other = numbers.below(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
  }
}
