package org.lines4j.evaluate.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.evaluate.model.Family.Embedding;
import org.lines4j.evaluate.model.Outline.Attention;
import org.lines4j.files.FreeMemory;
import org.lines4j.format.Checkpoint;
import org.lines4j.subspace.matrix.FloatAlgebra;
import org.lines4j.subspace.matrix.FloatMatrix;

/// A model that can be computed: of a checkpoint and the `config.json` beside it.
///
/// Weights are read layer by layer, each once for all texts whose states fit into memory, so a
/// model need not. What comes out does not depend on the number of threads.
public final class Transformer implements AutoCloseable {
  /// Rows of a vocabulary that are in memory at a time.
  private static final int VOCABULARY_BYTES = 64 << 20;

  private static final long LEAST_MEMORY = 256L << 20;

  private final Checkpoint model;
  private final Family family;
  private final Outline outline;
  private final FloatAlgebra algebra;
  private final Workers workers = new Workers();
  private final Weights weights;
  private final long memory;

  private Transformer(Checkpoint model, Family family, FloatAlgebra algebra, long memory) {
    this.model = model;
    this.family = family;
    this.outline = family.outline();
    this.algebra = algebra;
    this.memory = memory;
    this.weights = Weights.of(model, workers, family.prefixes(), family.embedding().tokens());
  }

  /// What a checkpoint is, by its `config.json`.
  ///
  /// @param model stays its owner's to close
  /// @throws InputException if it is of no family that can be computed here
  public static Transformer of(Checkpoint model) throws IOException {
    long memory = Math.max(LEAST_MEMORY, FreeMemory.bytes() / 4);
    return of(model, FloatAlgebra.fastest(), memory);
  }

  static Transformer of(Checkpoint model, FloatAlgebra algebra, long memory) throws IOException {
    return new Transformer(model, Families.of(model), algebra, memory);
  }

  /// Its `model_type`.
  public String type() {
    return outline.type();
  }

  /// Whether it predicts the next token; else it is an encoder.
  public boolean isCausal() {
    return outline.isCausal();
  }

  /// The most tokens that a text may have.
  public int positions() {
    return outline.positions();
  }

  /// What is done with the states that the last layer gives for one text.
  @FunctionalInterface
  private interface Use {
    void of(List<int[]> texts, int first, List<FloatMatrix> states)
        throws IOException, InterruptedException;
  }

  /// How surprised the model is: the sum over all predicted tokens of −ln p, in nats, of each text.
  ///
  /// @param texts tokens, each of which is predicted by those before it
  /// @param first the first one that is predicted, from 1
  public double[] losses(List<int[]> texts, int first) throws IOException, InterruptedException {
    double[] losses = new double[texts.size()];
    compute(
        texts,
        (some, begin, states) -> {
          double[] found = new Losses(first).of(some, states);
          System.arraycopy(found, 0, losses, begin, found.length);
        });
    return losses;
  }

  /// What a text's states are made one by.
  @FunctionalInterface
  public interface Pooling {
    /// One vector of those of all tokens.
    float[] pool(FloatMatrix states);
  }

  /// A vector for each text.
  public List<float[]> embed(List<int[]> texts, Pooling pooling)
      throws IOException, InterruptedException {
    List<float[]> vectors = new ArrayList<>();
    compute(texts, (_, _, states) -> states.forEach(state -> vectors.add(pooling.pool(state))));
    return vectors;
  }

  private void compute(List<int[]> texts, Use use) throws IOException, InterruptedException {
    int from = 0;
    while (from < texts.size()) {
      int to = from;
      long bytes = 0;
      do {
        bytes += (long) texts.get(to).length * outline.width() * Float.BYTES;
        to++;
      } while (to < texts.size() && bytes < memory);
      List<int[]> some = texts.subList(from, to);
      try (Arena arena = Arena.ofShared()) {
        use.of(some, from, states(arena, some));
      }
      from = to;
    }
  }

  /// The states that the last layer gives.
  private List<FloatMatrix> states(Arena arena, List<int[]> texts)
      throws IOException, InterruptedException {
    List<FloatMatrix> states = new ArrayList<>();
    for (int[] text : texts) {
      states.add(FloatMatrix.zeros(arena, text.length, outline.width()));
    }
    embed(texts, states);
    int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    for (int index = 0; index < outline.attention().size(); index++) {
      Attention attention = outline.attention().get(index);
      Optional<Rope.Angles> angles = attention.rope().map(rope -> rope.angles(longest));
      try (Arena own = Arena.ofShared()) {
        Layer layer = family.layer(weights, own, index);
        Block block = new Block(algebra, outline, layer, attention, angles);
        workers.each(texts.size(), i -> block.apply(states.get(i)));
      }
    }
    Optional<Norm> last = family.last(weights);
    if (last.isPresent()) {
      workers.each(texts.size(), i -> last.get().apply(states.get(i), states.get(i)));
    }
    return states;
  }

  /// Rows that are taken of a vocabulary at a time.
  private int rowsAtATime() {
    return Math.max(1, VOCABULARY_BYTES / Float.BYTES / outline.width());
  }

  private void embed(List<int[]> texts, List<FloatMatrix> states)
      throws IOException, InterruptedException {
    Embedding embedding = family.embedding();
    int vocabulary = weights.rows(embedding.tokens());
    boolean[] isUsed = used(texts, vocabulary);
    int step = rowsAtATime();
    for (int from = 0; from < vocabulary; from += step) {
      int to = Math.min(vocabulary, from + step);
      if (!anyOf(isUsed, from, to)) {
        continue;
      }
      try (Arena own = Arena.ofShared()) {
        FloatMatrix rows = weights.rows(own, embedding.tokens(), from, to, outline.width());
        int first = from;
        workers.each(
            texts.size(), i -> take(rows, first, texts.get(i), embedding.factor(), states.get(i)));
      }
    }
    place(texts, states);
  }

  private boolean[] used(List<int[]> texts, int vocabulary) {
    boolean[] isUsed = new boolean[vocabulary];
    for (int[] text : texts) {
      for (int token : text) {
        if (token >= vocabulary) {
          throw new InputException(
              model.location(),
              "the tokenizer gives token %d, and the model has %d: tokenizer.json is another model's"
                  .formatted(token, vocabulary));
        }
        isUsed[token] = true;
      }
    }
    return isUsed;
  }

  private static boolean anyOf(boolean[] isUsed, int from, int to) {
    for (int i = from; i < to; i++) {
      if (isUsed[i]) {
        return true;
      }
    }
    return false;
  }

  private static void take(
      FloatMatrix rows, int first, int[] text, float factor, FloatMatrix states) {
    float[] row = new float[rows.cols()];
    for (int i = 0; i < text.length; i++) {
      int at = text[i] - first;
      if (at >= 0 && at < rows.rows()) {
        rows.load(at, 0, row, row.length);
        for (int j = 0; j < row.length; j++) {
          row[j] *= factor;
        }
        states.store(row, i, 0, row.length);
      }
    }
  }

  /// Adds what positions and kinds of text have of their own, and normalises.
  private void place(List<int[]> texts, List<FloatMatrix> states)
      throws IOException, InterruptedException {
    Embedding embedding = family.embedding();
    if (embedding.positions().isEmpty()) {
      return;
    }
    try (Arena own = Arena.ofShared()) {
      String name = embedding.positions().get();
      FloatMatrix positions = weights.rows(own, name, 0, weights.rows(name), outline.width());
      int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
      int places = positions.rows() - embedding.padding().map(number -> number + 1).orElse(0);
      if (longest > places) {
        throw InputException.expected(
            model.location(), "tensor " + name, "of " + longest + " rows or more", places);
      }
      float[] type = new float[outline.width()];
      if (embedding.types().isPresent()) {
        weights.rows(own, embedding.types().get(), 0, 1, type.length).load(0, 0, type, type.length);
      }
      Optional<Norm> norm =
          embedding.norm().isPresent()
              ? Optional.of(
                  Family.layerNorm(
                      weights, embedding.norm().get(), outline.width(), embedding.epsilon()))
              : Optional.empty();
      workers.each(
          texts.size(),
          i -> {
            add(positions, places(texts.get(i), embedding.padding()), type, states.get(i));
            norm.ifPresent(known -> known.apply(states.get(i), states.get(i)));
          });
    }
  }

  /// The position of each token.
  private static int[] places(int[] text, Optional<Integer> padding) {
    int[] places = new int[text.length];
    int next = padding.map(number -> number + 1).orElse(0);
    for (int i = 0; i < text.length; i++) {
      boolean isPadding = padding.isPresent() && text[i] == padding.get();
      places[i] = isPadding ? padding.get() : next++;
    }
    return places;
  }

  private static void add(FloatMatrix positions, int[] places, float[] type, FloatMatrix states) {
    float[] sum = new float[type.length];
    float[] position = new float[type.length];
    for (int i = 0; i < places.length; i++) {
      states.load(i, 0, sum, sum.length);
      positions.load(places[i], 0, position, sum.length);
      for (int j = 0; j < sum.length; j++) {
        sum[j] = sum[j] + type[j] + position[j];
      }
      states.store(sum, i, 0, sum.length);
    }
  }

  /// Predicts tokens, a part of the vocabulary at a time.
  private final class Losses {
    private final int first;

    Losses(int first) {
      this.first = first;
    }

    double[] of(List<int[]> texts, List<FloatMatrix> states)
        throws IOException, InterruptedException {
      List<Predicted> all = texts.stream().map(text -> new Predicted(text, first)).toList();
      Weights from = family.head().isPresent() ? weights.whole() : weights;
      String name = family.head().orElse(family.embedding().tokens());
      int vocabulary = from.rows(name);
      int step = Math.min(rowsAtATime(), 1 << 14);
      for (int row = 0; row < vocabulary; row += step) {
        int to = Math.min(vocabulary, row + step);
        int begin = row;
        try (Arena own = Arena.ofShared()) {
          FloatMatrix rows = from.rows(own, name, row, to, outline.width());
          workers.each(texts.size(), i -> all.get(i).see(states.get(i), rows, begin));
        }
      }
      return all.stream().mapToDouble(Predicted::loss).toArray();
    }
  }

  /// Of one text: for each predicted token its logit, and the sum of the exponentials of all.
  private final class Predicted {
    private final int[] text;
    private final int first;
    private final double[] most;
    private final double[] sums;
    private final double[] own;

    Predicted(int[] text, int first) {
      this.text = text;
      this.first = first;
      int count = Math.max(0, text.length - first);
      this.most = new double[count];
      this.sums = new double[count];
      this.own = new double[count];
      java.util.Arrays.fill(most, Double.NEGATIVE_INFINITY);
    }

    /// Takes in the logits of some tokens.
    void see(FloatMatrix states, FloatMatrix rows, int begin) {
      if (most.length == 0) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        FloatMatrix logits = FloatMatrix.zeros(arena, most.length, rows.rows());
        algebra.productTransposed(1, states.rows(first - 1, text.length - 1), rows, logits);
        float[] row = new float[rows.rows()];
        for (int i = 0; i < most.length; i++) {
          logits.load(i, 0, row, row.length);
          if (outline.logitCap().isPresent()) {
            Block.cap(row, 0, row.length, outline.logitCap().getAsDouble());
          }
          add(i, row);
          int wanted = text[first + i] - begin;
          if (wanted >= 0 && wanted < row.length) {
            own[i] = row[wanted];
          }
        }
      }
    }

    private void add(int i, float[] logits) {
      double largest = most[i];
      for (float logit : logits) {
        largest = Math.max(largest, logit);
      }
      double sum = sums[i] * Math.exp(most[i] - largest);
      for (float logit : logits) {
        sum += Math.exp(logit - largest);
      }
      most[i] = largest;
      sums[i] = sum;
    }

    double loss() {
      double loss = 0;
      for (int i = 0; i < most.length; i++) {
        loss += most[i] + Math.log(sums[i]) - own[i];
      }
      return loss;
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
