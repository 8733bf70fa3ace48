package org.lines4j.evaluate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.evaluate.model.Settings;
import org.lines4j.evaluate.model.Transformer.Pooling;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.subspace.matrix.FloatMatrix;

/// How the vectors of a text's tokens become one.
final class Poolings {
  private static final String MODE = "pooling_mode_";

  private Poolings() {}

  /// As `modules.json` says; without one, the mean.
  ///
  /// @throws InputException if it says what is not computed here
  static Pooling of(Checkpoint model) throws IOException {
    Optional<Companion> file = model.companions().find("modules.json");
    if (file.isEmpty()) {
      return Poolings::mean;
    }
    Pooling pooling = Poolings::mean;
    for (Settings module : Settings.readList(file.get())) {
      String type = module.word("type", "");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer", "Normalize" -> {} // the length of a vector changes no cosine
        case "Pooling" -> pooling = pooling(model, module.word("path", "") + "/config.json");
        default -> throw module.refused("type", "Transformer, Pooling, Normalize");
      }
    }
    return pooling;
  }

  private static Pooling pooling(Checkpoint model, String name) throws IOException {
    Companion file =
        model
            .companions()
            .find(name)
            .orElseThrow(
                () ->
                    new InputException(
                        model.location(),
                        "modules.json names %s, which is missing".formatted(name)));
    Settings settings = Settings.read(file);
    List<String> modes =
        List.of(
            "cls_token",
            "mean_tokens",
            "max_tokens",
            "mean_sqrt_len_tokens",
            "weightedmean_tokens",
            "lasttoken");
    List<String> chosen = modes.stream().filter(mode -> settings.is(MODE + mode, false)).toList();
    if (chosen.size() > 1) {
      throw settings.refused(MODE + chosen.get(1), "one mode alone");
    }
    return switch (chosen.isEmpty() ? settings.word("pooling_mode", "mean") : chosen.getFirst()) {
      case "cls_token", "cls" -> Poolings::first;
      // the length of a vector changes no cosine
      case "mean_tokens", "mean_sqrt_len_tokens", "mean" -> Poolings::mean;
      case "max_tokens", "max" -> Poolings::largest;
      default ->
          throw settings.refused(
              chosen.isEmpty() ? "pooling_mode" : MODE + chosen.getFirst(), "cls, mean, max");
    };
  }

  private static float[] first(FloatMatrix states) {
    float[] row = new float[states.cols()];
    states.load(0, 0, row, row.length);
    return row;
  }

  private static float[] mean(FloatMatrix states) {
    double[] sums = new double[states.cols()];
    float[] row = new float[states.cols()];
    for (int i = 0; i < states.rows(); i++) {
      states.load(i, 0, row, row.length);
      for (int j = 0; j < row.length; j++) {
        sums[j] += row[j];
      }
    }
    for (int j = 0; j < row.length; j++) {
      row[j] = (float) (sums[j] / states.rows());
    }
    return row;
  }

  private static float[] largest(FloatMatrix states) {
    float[] most = first(states);
    float[] row = new float[states.cols()];
    for (int i = 1; i < states.rows(); i++) {
      states.load(i, 0, row, row.length);
      for (int j = 0; j < row.length; j++) {
        most[j] = Math.max(most[j], row[j]);
      }
    }
    return most;
  }
}
