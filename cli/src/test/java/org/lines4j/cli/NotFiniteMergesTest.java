package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lines4j.cli.Cli.run;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lines4j.Methods;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;
import org.lines4j.method.Parameter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What is not a number in a model is told of the output, whatever the method.
class NotFiniteMergesTest {
  private static final String WRONG = "model.layers.1.mlp.weight";
  private static final int SIDE = 8;

  @TempDir private Path folder;

  @BeforeEach
  void makeModels() throws IOException {
    model("base", 0, false);
    model("a", 1, true);
    model("b", 2, false);
    model("whole", 3, false);
  }

  private void model(String name, int seed, boolean isWrong) throws IOException {
    List<TensorInfo> infos =
        Stream.of("model.layers.0.mlp.weight", WRONG)
            .map(tensor -> new TensorInfo(tensor, DType.F32, Shape.of(SIDE, SIDE)))
            .toList();
    Random base = new Random(7);
    Random update = new Random(seed);
    Path file = Files.createDirectories(folder.resolve(name)).resolve("model.safetensors");
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        MemorySegment values = MemorySegment.ofArray(new byte[Float.BYTES * SIDE * SIDE]);
        for (int i = 0; i < SIDE * SIDE; i++) {
          float value = (float) (base.nextGaussian() + seed * 0.1 * update.nextGaussian());
          boolean isHere = isWrong && info.name().equals(WRONG) && i == 10;
          values.set(
              ValueLayout.JAVA_FLOAT_UNALIGNED, (long) i * Float.BYTES, isHere ? Float.NaN : value);
        }
        writer.write(info.name(), values);
      }
      writer.publish();
    }
  }

  static Stream<MethodType> methods() {
    return Methods.all().stream();
  }

  private Path recipe(MethodType method) throws IOException {
    List<String> models =
        new ArrayList<>(method.mostModels() == 1 ? List.of("a") : List.of("a", "b"));
    for (int i = models.size(); i < method.fewestModels(); i++) {
      models.add("whole");
    }
    StringBuilder text = new StringBuilder("merge_method: %s\n".formatted(method.name()));
    if (method.baseUse() == BaseUse.REQUIRED) {
      text.append("base_model: base\n");
    }
    text.append("models:\n");
    models.forEach(model -> text.append("  - model: ").append(model).append('\n'));
    List<Parameter> wanted =
        method.parameters().stream().filter(parameter -> parameter.fallback().isEmpty()).toList();
    text.append(wanted.isEmpty() ? "" : "parameters:\n");
    wanted.forEach(parameter -> text.append("  %s: 0.5\n".formatted(parameter.name())));
    return Files.writeString(folder.resolve("r.yml"), text.toString());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodsOutputNamesTensorAndCount(MethodType method) throws IOException {
    Cli merge = run("merge", recipe(method), folder.resolve("out"), "--json").succeeds();
    List<Map<String, @Nullable Object>> told = Cli.objects(merge.json().get("not_finite"));
    assertEquals(1, told.size(), merge.out());
    assertEquals(WRONG, told.getFirst().get("name"));
    assertTrue(merge.err().contains("note: " + WRONG + ": "), merge.err());
    assertTrue(merge.err().contains(" NaN of 64 elements in the output"), merge.err());
  }

  @Test
  void anAdapterNamesTheModelThatIsNotFinite() throws IOException {
    for (List<String> pair : List.of(List.of("a", "b"), List.of("b", "a"))) {
      run(
              "extract",
              "--base",
              folder.resolve(pair.getFirst()),
              "--tuned",
              folder.resolve(pair.getLast()),
              "--rank=2",
              "--out",
              folder.resolve("adapter"))
          .fails(3, folder.resolve("a") + ": tensor " + WRONG + ": its change has no singular");
    }
  }
}
