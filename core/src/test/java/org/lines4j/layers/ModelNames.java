package org.lines4j.layers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Tensor names and shapes of models: real ones, written by `make_names.py`, and small ones by
/// hand.
final class ModelNames {
  private static final Pattern RANGE = Pattern.compile("\\{(\\d+)-(\\d+)}");

  private ModelNames() {}

  /// The names of all real models here.
  static List<String> all() {
    return new String(resource("index.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  /// The tensors of a real model.
  static List<TensorInfo> of(String model) {
    try (InputStream in = ModelNames.class.getResourceAsStream("names/" + model + ".txt.gz");
        InputStream text = new GZIPInputStream(Objects.requireNonNull(in, model))) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t", -1))
          .map(f -> new TensorInfo(f[0], DType.valueOf(f[1]), shape(f[2])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(model, e);
    }
  }

  /// Tensors from lines such as `layers.{0-3}.fc.weight 4x4`; without a shape, names that end in
  /// `norm.weight` or `bias` are vectors and all others matrices.
  static List<TensorInfo> ofLines(String... lines) {
    List<TensorInfo> tensors = new ArrayList<>();
    for (String line : lines) {
      for (String expanded : expand(line)) {
        String[] fields = expanded.split(" ", -1);
        boolean vector = fields[0].endsWith("norm.weight") || fields[0].endsWith("bias");
        String dims = fields.length > 1 ? fields[1] : vector ? "8" : "8x8";
        tensors.add(new TensorInfo(fields[0], DType.F32, shape(dims)));
      }
    }
    return tensors;
  }

  private static List<String> expand(String line) {
    Matcher range = RANGE.matcher(line);
    if (!range.find()) {
      return List.of(line);
    }
    List<String> lines = new ArrayList<>();
    for (int i = Integer.parseInt(range.group(1)); i <= Integer.parseInt(range.group(2)); i++) {
      lines.addAll(expand(line.substring(0, range.start()) + i + line.substring(range.end())));
    }
    return lines;
  }

  private static Shape shape(String dims) {
    return dims.isEmpty()
        ? Shape.of()
        : Shape.of(Arrays.stream(dims.split("x")).mapToLong(Long::parseLong).toArray());
  }

  private static byte[] resource(String name) {
    try (InputStream in = ModelNames.class.getResourceAsStream("names/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
