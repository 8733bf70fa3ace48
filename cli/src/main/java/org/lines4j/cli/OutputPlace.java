package org.lines4j.cli;

import java.io.IOException;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.merge.ModelSet;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storages;

/// Where the outputs of a merge go, and what is there already.
final class OutputPlace {
  private OutputPlace() {}

  /// OUT, or a place in it or beside it that the path's value names.
  ///
  /// @param label of the value, such as `w=0.1`; empty where there is no path
  static Location of(Location out, String label) {
    Location all = out.absolute();
    if (label.isEmpty()) {
      return all;
    }
    String name = all.name();
    if (name.isEmpty()) {
      throw new RequestException(all, "the output cannot be the root folder");
    }
    if (Formats.ofFile(name).isEmpty()) {
      return all.child(label);
    }
    int dot = name.lastIndexOf('.');
    int end = dot < 0 ? name.length() : dot;
    return all.sibling(name.substring(0, end) + "-" + label + name.substring(end));
  }

  /// Whether there is something that is none of the inputs.
  static boolean isTaken(Location place, ModelSet models) throws IOException {
    Storage storage = Storages.of(place);
    Storage.Kind kind = storage.kind(place);
    if (kind == Storage.Kind.ABSENT) {
      return false;
    }
    for (Checkpoint model : models.distinct().values()) {
      Location input = model.location();
      if (input.scheme().equals(place.scheme())
          && storage.real(input).equals(storage.real(place))) {
        return false; // planning refuses it
      }
    }
    return kind != Storage.Kind.FOLDER || !storage.list(place).isEmpty();
  }

  /// An output that is there is complete, unless something else has been at it.
  static void checkComplete(Location place) throws IOException {
    try (Checkpoint _ = Checkpoint.open(place)) {
      // its headers are well
    } catch (InputException e) {
      throw new RequestException(
              place, "is there, but not as a model to keep (%s)".formatted(e.getMessage()))
          .withRemedy("remove it to have it made");
    }
  }
}
