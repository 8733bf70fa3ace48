package org.lines4j.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.check.Finding.Kind;
import org.lines4j.diff.Diff;

/// What is to be said of a model beside its base, from how the two differ.
final class Beside {
  /// Matrices of models that have nothing to do with each other are at right angles, and what
  /// fine-tuning leaves is mostly above 0.99.
  private static final double STRANGE = 0.5;

  private static final double FAR = 0.9;

  /// From here on a layer was trained anew.
  private static final double ANEW = 1;

  private Beside() {}

  static Check.Tuned figures(String name, Optional<Diff> diff) {
    return new Check.Tuned(
        name,
        diff.map(d -> d.whole().relative()).orElse(Double.NaN),
        diff.map(Beside::likeness).orElse(Double.NaN));
  }

  /// The median cosine of matrices: of vectors, many are near to ones or zeros in every model.
  private static double likeness(Diff diff) {
    double[] cosines =
        diff.tensors().stream()
            .filter(tensor -> tensor.info().shape().rank() >= 2)
            .mapToDouble(tensor -> tensor.change().cosine())
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return cosines.length == 0 ? Double.NaN : cosines[cosines.length / 2];
  }

  static List<Finding> findings(String name, Diff diff) {
    List<Finding> findings = new ArrayList<>();
    for (Diff.NotFinite found : diff.notFinite()) {
      findings.add(
          Finding.problem(
              Kind.NOT_FINITE,
              name,
              "%s: of %,d elements, the base holds %,d NaN and %,d infinite, the model %,d and %,d"
                  .formatted(
                      found.info().name(),
                      found.info().elements(),
                      found.baseNan(),
                      found.baseInfinite(),
                      found.tunedNan(),
                      found.tunedInfinite())));
    }
    double likeness = likeness(diff);
    if (likeness < STRANGE) {
      findings.add(
          Finding.problem(
              Kind.OTHER_BASE,
              name,
              ("it was not tuned from this base: the cosine between matrices of the two is %.2f in"
                      + " the median, where tuning leaves more than 0.9")
                  .formatted(likeness)));
    } else if (likeness < FAR) {
      findings.add(
          Finding.remark(
              Kind.OTHER_BASE,
              name,
              "far from the base: the cosine between matrices of the two is %.2f in the median"
                  .formatted(likeness)));
    } else {
      anew(name, diff).ifPresent(findings::add);
    }
    if (diff.whole().tauNorm() == 0) {
      findings.add(Finding.problem(Kind.SAME_MODEL, name, "it is the base: no tensor differs"));
    }
    return findings;
  }

  /// Matrices that have little of the base's left.
  private static Optional<Finding> anew(String name, Diff diff) {
    List<String> names =
        diff.tensors().stream()
            .filter(tensor -> tensor.info().shape().rank() >= 2)
            .filter(tensor -> tensor.change().relative() >= ANEW)
            .map(tensor -> tensor.info().name())
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.remark(
                Kind.OTHER_BASE,
                name,
                "%s changed by more than there was: trained anew"
                    .formatted(Examination.some(names))));
  }
}
