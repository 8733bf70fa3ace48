package org.lines4j.internal.pairing;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;

/// Two saves of one model often differ in a prefix of all names, such as `module.` or `_orig_mod.`.
public final class NamePrefix {
  private NamePrefix() {}

  /// A line for an error message, if the names of one model are those of the other behind a prefix.
  public static String hint(Checkpoint base, Checkpoint tuned, String baseRole, String tunedRole) {
    return Stream.of(
            behind(base, tuned, baseRole, tunedRole), behind(tuned, base, tunedRole, baseRole))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
  }

  private static Optional<String> behind(
      Checkpoint longer, Checkpoint shorter, String longerRole, String shorterRole) {
    List<StoredTensor> names = shorter.tensors();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    String name = names.getFirst().name();
    return longer.tensors().stream()
        .map(StoredTensor::name)
        .filter(other -> other.length() > name.length() && other.endsWith("." + name))
        .map(other -> other.substring(0, other.length() - name.length()))
        .filter(prefix -> names.stream().allMatch(t -> longer.find(prefix + t.name()).isPresent()))
        .findFirst()
        .map(
            prefix ->
                "\n  The names of %s are those of %s behind '%s': save one of them again without it."
                    .formatted(longerRole, shorterRole, prefix));
  }
}
