package org.lines4j.subspace.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.Merge;
import org.lines4j.Methods;
import org.lines4j.RecipeResolver;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.ModelUse;
import org.lines4j.merge.Setting;
import org.lines4j.plan.RunOptions;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;

/// A folder of golden files, and merges of its models as users run them.
record Golden(Path folder, List<String> models) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static Golden of(String name) {
    Path folder = Path.of("src/test/resources/goldens", name);
    List<String> models = new ArrayList<>();
    for (int i = 1; Files.exists(folder.resolve("tuned-" + i + ".safetensors")); i++) {
      models.add("tuned-" + i);
    }
    for (int i = 1; Files.exists(folder.resolve("adapter-" + i)); i++) {
      models.add("adapter-" + i);
    }
    return new Golden(folder, models);
  }

  Golden reversed() {
    return new Golden(folder, models.reversed());
  }

  Golden of(List<String> others) {
    return new Golden(folder, others);
  }

  /// As many copies of the base, which are other models, in a folder with it.
  Golden withCopies(Path into) {
    try {
      Files.copy(folder.resolve("base.safetensors"), into.resolve("base.safetensors"));
      List<String> copies = new ArrayList<>();
      for (int i = 0; i < models.size(); i++) {
        copies.add("copy-" + i);
        Files.copy(folder.resolve("base.safetensors"), into.resolve("copy-" + i + ".safetensors"));
      }
      return new Golden(into, copies);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String file) {
    return Files.exists(folder.resolve(file + ".safetensors"));
  }

  /// One tensor, widened.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tensor(Shape shape, double[] values) {
    double largest() {
      double largest = 0;
      for (double value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      return largest;
    }
  }

  Map<String, Tensor> read(String file) {
    return read(folder.resolve(file + ".safetensors"));
  }

  static Map<String, Tensor> read(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
        checkpoint.source(tensor).read(0, bytes);
        double[] values = new double[(int) tensor.info().elements()];
        for (int i = 0; i < values.length; i++) {
          values[i] =
              tensor.info().dtype() == DType.F64
                  ? bytes.getAtIndex(DOUBLE, i)
                  : bytes.getAtIndex(FLOAT, i);
        }
        tensors.put(tensor.name(), new Tensor(tensor.info().shape(), values));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tensors;
  }

  Recipe recipe(String method, Map<String, Object> parameters) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    parameters.forEach((name, value) -> settings.put(name, Setting.of(value)));
    List<ModelUse> uses = models.stream().map(model -> ModelUse.of(name(model), Map.of())).toList();
    return Recipe.of("recipe", method, uses).withParameters(settings).withBase("base.safetensors");
  }

  private String name(String model) {
    return Files.isDirectory(folder.resolve(model)) ? model : model + ".safetensors";
  }

  /// LiNeS on top, β 0.5.
  static Lines lines() {
    return new Lines(Optional.empty(), 0.5, Outside.ALPHA);
  }

  /// Merges into a file.
  Path merge(Recipe recipe, Path out, RunOptions options) {
    RecipeResolver resolver = RecipeResolver.of(recipe, Methods.all());
    try (ModelSet set = resolver.open(Location.of(folder))) {
      Merge.of(resolver.resolve(set, LayerOptions.defaults()))
          .withForce()
          .withStackless()
          .plan(out)
          .run(options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  /// Checks tensors against what a golden file has.
  ///
  /// @param share of the largest element of the update
  void check(Path merged, String expected, double share) {
    Map<String, Tensor> base = read("base");
    Map<String, Tensor> found = read(merged);
    Map<String, Tensor> wanted = read(expected);
    assertTrue(wanted.size() > 3, expected);
    wanted.forEach(
        (name, tensor) -> {
          double[] origin = at(base, name).values;
          double[] values = at(found, name).values;
          assertEquals(tensor.values.length, values.length, name);
          double largest = 0;
          for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(tensor.values[i] - origin[i]));
          }
          for (int i = 0; i < values.length; i++) {
            double most = share * largest + Math.ulp((float) tensor.values[i]);
            double difference = Math.abs(values[i] - tensor.values[i]);
            assertTrue(
                difference <= most,
                "%s: %s[%d]: expected %s, found %s, which differs by %s of the largest update"
                    .formatted(
                        expected, name, i, tensor.values[i], values[i], difference / largest));
          }
        });
  }

  static <T> T at(Map<String, T> tensors, String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }
}
