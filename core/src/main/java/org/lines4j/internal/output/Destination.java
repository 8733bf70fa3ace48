package org.lines4j.internal.output;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.error.Option;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.Shard;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// Where an output goes: a file, whose name says in what format, or a folder.
///
/// @param location a path is absolute
public record Destination(Location location) {
  private static final String SUFFIX = ".safetensors";

  /// The place that a user named.
  public static Destination of(Location out) {
    return new Destination(out.absolute());
  }

  private Storage storage() {
    return Storages.of(location);
  }

  /// Whether one file is wanted, not a folder.
  public boolean isFile() {
    return Formats.ofFile(location.name()).isPresent();
  }

  /// The format of its files.
  public OutputFormat format() {
    return Formats.ofFile(location.name()).orElseGet(Formats::ofFolder);
  }

  /// Whether something is there that a run would replace.
  public boolean exists() throws IOException {
    return storage().kind(location) != Kind.ABSENT;
  }

  /// Begins the output.
  public Draft draft() throws IOException {
    return storage().draft(location, !isFile());
  }

  /// Checks that the output may go here.
  ///
  /// @param force whether what is there may be replaced
  /// @throws RequestException if it may not; the message says why
  public void check(Collection<Checkpoint> inputs, boolean force) throws IOException {
    Optional<String> obstacle = storage().obstacle(location);
    if (obstacle.isPresent()) {
      throw new RequestException(location, obstacle.get());
    }
    Kind kind = storage().kind(location);
    for (Checkpoint input : inputs) {
      if (kind != Kind.ABSENT) {
        checkNotInput(input);
      }
      checkNotInside(input);
    }
    if (kind == Kind.ABSENT) {
      return;
    }
    if (isFile() && kind == Kind.FOLDER) {
      throw new RequestException(location, "is a folder")
          .withRemedy("a name with that ending means a file");
    }
    if (!isFile() && kind != Kind.FOLDER) {
      throw new RequestException(location, "is a file")
          .withRemedy("name a folder, or a file that ends in .safetensors or .pt");
    }
    checkNoLink(force);
    if (isFile() || !storage().list(location).isEmpty()) {
      checkReplaceable(force);
    }
  }

  /// A link is replaced, not followed: the output would lie on another disk than it leads to.
  private void checkNoLink(boolean force) throws IOException {
    if (!force && storage().isLink(location)) {
      throw new RequestException(location, "is a link to " + storage().real(location))
          .withRemedy(Remedy.of("name what it leads to; ", Option.FORCE, " replaces the link"));
    }
  }

  /// What is made there would become part of an input: another model's weights, or a subfolder that
  /// goes along with them.
  private void checkNotInside(Checkpoint input) throws IOException {
    for (Location folder : input.places()) {
      if (isWithin(location, folder)) {
        throw new RequestException(
                location, "lies in the input %s, which is never touched".formatted(folder))
            .withRemedy("choose another output");
      }
    }
  }

  private void checkNotInput(Checkpoint input) throws IOException {
    boolean inside = isWithin(input.location(), location);
    for (Shard shard : input.shards()) {
      inside |= isWithin(shard.location(), location);
    }
    if (inside) {
      throw new RequestException(
              location,
              "is or holds the input %s, which is never touched".formatted(input.location()))
          .withRemedy("choose another output");
    }
  }

  private static boolean isWithin(Location inner, Location outer) throws IOException {
    return inner.scheme().equals(outer.scheme()) && Storages.of(outer).contains(outer, inner);
  }

  private void checkReplaceable(boolean force) throws IOException {
    if (!isFile() && !Formats.isModel(location)) {
      throw new RequestException(
              location,
              "is not empty and holds no .safetensors file, so it is not replaced as a model"
                  + " folder")
          .withRemedy("choose another output or empty it");
    }
    if (!force) {
      throw new RequestException(location, "exists already")
          .withRemedy(Remedy.of(Option.FORCE, " replaces it"));
    }
  }

  /// What lies in the folder that a run would replace, but for weights and files of these names.
  public Set<String> others(Set<String> names) throws IOException {
    if (isFile() || storage().kind(location) != Kind.FOLDER) {
      return Set.of();
    }
    List<Entry> entries = storage().list(location);
    return entries.stream()
        .map(Entry::name)
        .filter(name -> !names.contains(name))
        .filter(name -> !name.endsWith(SUFFIX) && !ModelFolder.isIndex(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Checks that there is room for `bytes` more: what is replaced goes only afterwards.
  ///
  /// What a killed run to this destination has left is removed if that room is needed.
  ///
  /// @throws IOException if there is not
  /// @throws RequestException if there is not, and another run is writing this output
  public void checkSpace(long bytes) throws IOException {
    OptionalLong free = storage().room(location, !isFile(), bytes);
    if (free.isPresent() && free.getAsLong() < bytes) {
      throw new PlaceException(
          Problem.of(
                  "not enough room: the output takes %,d bytes, there are %,d free"
                      .formatted(bytes, free.getAsLong()))
              .in(location)
              .withRemedy(Remedy.of("make room, or name another output")));
    }
  }
}
