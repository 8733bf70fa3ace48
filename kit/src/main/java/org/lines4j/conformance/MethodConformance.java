package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.Values;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.RunOptions;
import org.lines4j.tensor.Shape;

/// What every [MethodType] must do, with the parameters that [#parameters] gives.
///
/// ```java
/// class MedianTest extends MethodConformance {
///   @Override
///   protected MethodType method() {
///     return new Median();
///   }
///
///   @Override
///   protected boolean isSymmetric() {
///     return true;
///   }
/// }
/// ```
@Timeout(600)
public abstract class MethodConformance {
  private static final double ROUNDING = 1e-5;

  /// Where elements of the models are NaN or infinite.
  private static final int[] NOT_FINITE = {0, 5, 700};

  @TempDir private Path folder = Path.of("");

  /// Sets it up; the tests set up theirs in their own constructors.
  protected MethodConformance() {}

  /// The method under test, which must be registered as a service.
  protected abstract MethodType method();

  /// The parameters that a recipe gives for the whole merge; those without a fallback at least.
  protected Map<String, Object> parameters() {
    return Map.of();
  }

  /// Whether the order of the models does not count, but for rounding.
  protected boolean isSymmetric() {
    return false;
  }

  /// By how much models that are all the same may differ from their merge, of what they hold. A
  /// method that adds updates to a base must return the base.
  protected double rounding() {
    return method().baseUse() == BaseUse.REQUIRED ? 0 : ROUNDING;
  }

  private TrialMerge trial() {
    return new TrialMerge(method(), parameters(), folder);
  }

  private int models() {
    return Math.clamp(3, method().fewestModels(), method().mostModels());
  }

  @Test
  public final void itSaysWhatItIs() {
    assertTrue(method().name().matches("[a-z0-9_]+"), method().name());
    assertFalse(method().summary().isBlank());
    assertFalse(method().summary().contains("\n"), "one line");
    assertFalse(method().citation().isBlank());
    assertFalse(method().equation().isBlank());
    assertTrue(method().fewestModels() >= 1);
    assertTrue(method().fewestModels() <= method().mostModels());
    Set<String> names = new HashSet<>();
    for (Parameter parameter : method().parameters()) {
      assertTrue(names.add(parameter.name()), () -> "two are called " + parameter.name());
      assertFalse(parameter.description().isBlank(), parameter.name());
      assertFalse(parameter.description().contains("\n"), parameter.name());
    }
    assertEquals(method().parameters(), method().parameters());
  }

  @Test
  public final void itIsFoundByItsName() {
    assertEquals(
        Optional.of(method().getClass()),
        Methods.find(method().name()).map(MethodType::getClass),
        "provided as a service");
  }

  /// Bounds and words of each parameter, the others as they are.
  @Test
  public final void everyValueOfAParameterIsTakenOrRefused() {
    for (Parameter parameter : method().parameters()) {
      for (Object value : extremes(parameter.values())) {
        try {
          TensorMerge _ = method().create(settings(parameter, value));
        } catch (IllegalArgumentException e) {
          assertFalse(
              String.valueOf(e.getMessage()).isBlank(),
              () -> parameter.name() + " = " + value + " is refused without a message");
        }
      }
    }
  }

  private static List<Object> extremes(Values values) {
    return switch (values) {
      case Values.Numbers(double least, double most, boolean isWhole) ->
          List.of(least, most, isWhole ? least : (least / 2 + most / 2));
      case Values.Flags _ -> List.of(true, false);
      case Values.Words(List<String> words) -> List.copyOf(words);
      case Values.Patterns _ -> List.of("", ".", "^x$");
    };
  }

  /// A method sees what it has declared, and nothing else.
  @Test
  public final void itAsksForNothingThatItDoesNotDeclare() {
    Set<String> asked = new HashSet<>();
    Settings plain = settings();
    Settings watched =
        new Settings(
            plain.tensor(),
            plain.shape(),
            plain.seed(),
            new Questions(plain.global(), asked),
            plain.models().stream()
                .map(model -> (Map<String, Object>) new Questions(model, asked))
                .toList());
    TensorMerge _ = method().create(watched);
    for (Parameter parameter : method().parameters()) {
      asked.remove(parameter.name());
    }
    assertEquals(Set.of(), asked);
  }

  private Settings settings() {
    return settings(Optional.empty(), 0);
  }

  private Settings settings(Parameter other, Object value) {
    return settings(Optional.of(other), value);
  }

  private Settings settings(Optional<Parameter> other, Object value) {
    Map<String, Object> global = new java.util.LinkedHashMap<>();
    Map<String, Object> model = new java.util.LinkedHashMap<>();
    for (Parameter parameter : method().parameters()) {
      Object usual =
          Optional.ofNullable(parameters().get(parameter.name()))
              .or(parameter::fallback)
              .orElseThrow(
                  () -> new AssertionError("parameters() should give " + parameter.name()));
      boolean isOther = other.filter(parameter::equals).isPresent();
      (parameter.scope() == Scope.GLOBAL ? global : model)
          .put(parameter.name(), isOther ? value : usual);
    }
    return new Settings(
        "model.layers.0.mlp.weight",
        Shape.of(64, 48),
        7,
        global,
        Collections.nCopies(models(), model));
  }

  @Test
  public final void modelsThatAreAllTheSameAreMergedToThat() throws IOException {
    List<TrialModel> same = Collections.nCopies(models(), TrialModel.base());
    TrialModel merged = trial().merge(TrialModel.base(), same);
    merged.assertNear(TrialModel.base(), rounding());
  }

  @Test
  public final void withoutUpdatesLinesGivesTheBase() throws IOException {
    assumeTrue(method().baseUse() == BaseUse.REQUIRED, "it works without a base");
    TrialModel merged = trial().lines(0).merge(TrialModel.base(), TrialModel.tunedModels(models()));
    merged.assertNear(TrialModel.base(), 0);
  }

  @Test
  public final void neitherThreadsNorChunksChangeAByte() throws IOException {
    TrialModel base = TrialModel.base().withLargeTensor(0);
    List<TrialModel> models = new ArrayList<>();
    for (int i = 0; i < models(); i++) {
      models.add(TrialModel.tuned(i).withLargeTensor(i + 1));
    }
    RunOptions options = RunOptions.defaults();
    TrialMerge trial = trial();
    TrialModel alone =
        trial.options(options.withThreads(1).withChunkBytes(1 << 16)).merge(base, models);
    for (RunOptions other :
        List.of(
            options.withThreads(2).withChunkBytes(1 << 22),
            options.withThreads(7).withChunkBytes(3 << 16))) {
      trial.options(other).merge(base, models).assertSameAs(alone, other.toString());
    }
  }

  @Test
  public final void theOrderOfTheTensorsDoesNotCount() throws IOException {
    List<TrialModel> models = TrialModel.tunedModels(models());
    trial()
        .merge(TrialModel.base().reversed(), models.stream().map(TrialModel::reversed).toList())
        .assertSameAs(trial().merge(TrialModel.base(), models), "tensors the other way round");
  }

  @Test
  public final void theOrderOfTheModelsDoesNotCountWhereThatIsSaid() throws IOException {
    assumeTrue(isSymmetric() && models() > 1, "the order counts");
    List<TrialModel> models = TrialModel.tunedModels(models());
    trial()
        .merge(TrialModel.base(), models.reversed())
        .assertNear(trial().merge(TrialModel.base(), models), ROUNDING);
  }

  @Test
  public final void whatIsNotFiniteStaysInItsTensor() throws IOException {
    String where = TrialModel.NOT_FINITE_IN;
    List<TrialModel> models = new ArrayList<>(TrialModel.tunedModels(models()));
    TrialModel base = TrialModel.base();
    TrialModel clean = trial().merge(base, models);
    models.set(0, models.getFirst().with(where, Float.NaN, NOT_FINITE));
    models.set(
        models.size() - 1, models.getLast().with(where, Float.NEGATIVE_INFINITY, 3, 17, 900));
    RunOptions options = RunOptions.defaults();
    TrialMerge trial = trial();
    TrialModel merged = trial.options(options.withThreads(1)).merge(base, models);
    TrialModel again = trial.options(options.withThreads(5)).merge(base, models);
    again.assertSameAs(merged, "5 threads");
    NotFinite told = trial.notFinite().getFirst();
    assertEquals(where, told.tensor().name(), "what is told of NaN and infinity");
    List<Integer> touched = List.of(0, 5, 700, 3, 17, 900);
    long all = told.nan() + told.infinite() + told.leftOut();
    assertTrue(all >= touched.size(), "not all that is not finite is told: " + told);
    TensorMerge created = method().create(settings());
    if (!(created instanceof TensorMerge.WholeModel
        || created instanceof TensorMerge.MeasuredModel)) {
      merged.without(where).assertSameAs(clean.without(where), "the other tensors");
    }
    if (created instanceof TensorMerge.Elementwise) {
      assertEquals(touched.size(), all, told.toString());
      float[] expected = clean.values(where);
      float[] found = merged.values(where);
      for (int i = 0; i < found.length; i++) {
        if (!touched.contains(i)) {
          assertEquals(expected[i], found[i], where + "[" + i + "], whose inputs are finite");
        }
      }
    }
  }

  /// Any pieces, in any order, without a trace.
  @Test
  public final void anElementwiseMergeKeepsToItsPiece() {
    TensorMerge merge = method().create(settings());
    assumeTrue(merge instanceof TensorMerge.Elementwise, "not elementwise as it begins");
    String tensor = "model.layers.0.mlp.weight";
    float[] base = TrialModel.base().values(tensor);
    float[] whole = merged((TensorMerge.Elementwise) merge, base, 0, base.length);
    float[] pieces = new float[base.length];
    int[] cuts = {0, 1, 2, 9, 500, 501, 1024, base.length};
    for (int i = cuts.length - 2; i >= 0; i--) {
      float[] piece = merged((TensorMerge.Elementwise) merge, base, cuts[i], cuts[i + 1]);
      System.arraycopy(piece, 0, pieces, cuts[i], piece.length);
    }
    assertArrayEquals(whole, pieces);
  }

  private float[] merged(TensorMerge.Elementwise merge, float[] base, int from, int to) {
    int count = to - from;
    int margin = 8;
    float[] piece = new float[count + margin];
    System.arraycopy(base, from, piece, 0, count);
    float[] before = piece.clone();
    float[][] models = new float[models()][];
    for (int i = 0; i < models.length; i++) {
      float[] values = TrialModel.tuned(i).values("model.layers.0.mlp.weight");
      models[i] = Arrays.copyOf(Arrays.copyOfRange(values, from, to), count + margin);
    }
    float[] out = new float[count + margin];
    Arrays.fill(out, 123);
    merge.merge(from, piece, models, out, count);
    assertArrayEquals(before, piece, "the base is no scratch space");
    for (int i = count; i < out.length; i++) {
      assertEquals(123, out[i], "an element behind the piece");
    }
    return Arrays.copyOf(out, count);
  }
}
