package org.lines4j.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.check.Finding.Kind;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.Location;

/// Signs that a base and a tuned model stand in each other's place.
final class Swapped {
  /// What trainers leave beside a model that they have tuned.
  private static final List<String> OF_TRAINING =
      List.of("trainer_state.json", "training_args.bin", "optimizer.pt", "scheduler.pt");

  private static final Pattern BASE_MODEL =
      Pattern.compile(
          "^base_model:[ \\t]*+(?:\\R[ \\t]*+-[ \\t]*+)?[\"']?([^\\s\"'#]++)", Pattern.MULTILINE);

  private static final long LONGEST_CARD = 1_000_000;

  /// By how much another model must be nearer to all than the base is.
  private static final double NEARER = 0.9;

  private Swapped() {}

  /// By cards and by what trainers leave.
  static List<Finding> byWhatLiesBeside(Checkpoint base, Checkpoint model) throws IOException {
    String name = Examination.name(model);
    List<Finding> findings = new ArrayList<>();
    if (isNamedAsBase(base.companions(), model.location())) {
      findings.add(
          Finding.problem(
              Kind.SWAPPED,
              name,
              "the base's card names this model as its base_model: the two are swapped"));
      return findings;
    }
    Optional<String> left = ofTraining(base.companions());
    if (left.isPresent() && ofTraining(model.companions()).isEmpty()) {
      findings.add(
          Finding.remark(
              Kind.SWAPPED,
              name,
              ("the base has %s beside it, which trainers leave, and this model has none: perhaps"
                      + " the two are swapped")
                  .formatted(left.get())));
    }
    return findings;
  }

  private static Optional<String> ofTraining(Companions folder) throws IOException {
    for (String file : OF_TRAINING) {
      if (folder.own(file).isPresent()) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static boolean isNamedAsBase(Companions folder, Location model) throws IOException {
    Optional<Companion> card = folder.own("README.md");
    if (card.isEmpty()) {
      return false;
    }
    try {
      Matcher matcher = BASE_MODEL.matcher(card.get().text(LONGEST_CARD));
      return matcher.find() && lastPart(matcher.group(1)).equals(lastPart(model.text()));
    } catch (InputException e) {
      return false; // a card that long says nothing
    }
  }

  private static String lastPart(String path) {
    String name = path.replace('\\', '/').replaceFirst("/+$", "");
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /// By distances: a base lies between the models that were tuned from it.
  ///
  /// @param products Στᵢ·τⱼ over whole models
  /// @param names of the models
  static Optional<Finding> byDistance(double[][] products, List<String> names) {
    int models = products.length;
    double ofBase = 0;
    for (int i = 0; i < models; i++) {
      ofBase += products[i][i];
    }
    int nearest = -1;
    double least = NEARER * ofBase;
    for (int j = 0; j < models && models > 1; j++) {
      double sum = products[j][j];
      for (int i = 0; i < models; i++) {
        sum += products[i][i] + products[j][j] - 2 * products[i][j];
      }
      if (sum < least) {
        least = sum;
        nearest = j;
      }
    }
    return nearest < 0
        ? Optional.empty()
        : Optional.of(
            Finding.problem(
                Kind.SWAPPED,
                names.get(nearest),
                "it lies between the other models, nearer to all of them than the base does: it is"
                    + " their base, or others were tuned from it in turn"));
  }
}
