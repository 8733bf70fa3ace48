package org.lines4j.internal.renamed;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lines4j.error.Option;
import org.lines4j.error.RequestException;
import org.lines4j.layers.NameSearch;
import org.lines4j.layers.Rename;
import org.lines4j.storage.Location;

/// The renames that a user asks for, and which of them there was a use for.
public final class Renames {
  private final List<Rename> asked;
  private final Set<Rename> used = new HashSet<>();
  private final NameSearch search = new NameSearch();

  /// @param asked in the order in which they are applied
  public Renames(List<Rename> asked) {
    this.asked = List.copyOf(asked);
  }

  /// A model's tensors by the names that the renames give them.
  Map<String, NamedTensor> apply(Map<String, NamedTensor> tensors, Location location) {
    if (asked.isEmpty()) {
      return tensors;
    }
    Map<String, NamedTensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String now = name;
          for (Rename rename : asked) {
            String before = now;
            now = rename.apply(before, search);
            if (!now.equals(before)) {
              used.add(rename);
            }
          }
          NamedTensor other = renamed.put(now, tensor);
          if (now.isEmpty() || other != null) {
            throw new RequestException(
                    "%s: %s would be called '%s'%s"
                        .formatted(
                            location,
                            name,
                            now,
                            other == null ? "" : ", and so would " + other.origin()))
                .about(Option.RENAMES)
                .withTensor(name);
          }
        });
    return renamed;
  }

  /// Checks that each of them was of use.
  ///
  /// @throws RequestException if one of them has renamed nothing
  public void checkUsed() {
    for (Rename rename : asked) {
      if (!used.contains(rename)) {
        throw new RequestException(rename + " changes no tensor's name")
            .about(Option.RENAMES)
            .withRemedy(
                "it is applied to those of the base, or of all models but the one whose names the"
                    + " output has");
      }
    }
  }
}
