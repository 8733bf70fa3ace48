package org.lines4j.lab.icon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tasks that there are.
public final class IconTasks {
  private final List<IconTask> tasks;

  private IconTasks(List<? extends IconTask> tasks) {
    this.tasks = List.copyOf(tasks);
  }

  /// All of them. The first time their packages are fetched (90 MB) and they are drawn, which takes
  /// half a minute.
  ///
  /// @param cache where archives and pictures are kept, and taken from if they are there
  /// @throws IOException if one is not there and cannot be fetched; the message has its address
  /// @throws org.lines4j.error.InputException if one is not what it should be
  public static IconTasks read(Path cache) throws IOException {
    Packages packages = Packages.in(cache);
    Path kept = PictureFile.in(packages);
    Optional<List<PictureTask>> known = PictureFile.read(kept);
    if (known.isPresent()) {
      return new IconTasks(known.get());
    }
    List<PictureTask> drawn = draw(packages);
    PictureFile.write(kept, drawn);
    return new IconTasks(drawn);
  }

  private static List<PictureTask> draw(Packages packages) throws IOException {
    List<PictureTask> tasks = new ArrayList<>(EmojiTasks.all(packages));
    List<PictureTask> glyphs = GlyphTasks.all(packages);
    tasks.addAll(glyphs.subList(0, 2));
    tasks.addAll(CategoryTasks.all(packages));
    tasks.addAll(glyphs.subList(2, glyphs.size()));
    return tasks;
  }

  /// In the order of tables.
  public List<IconTask> all() {
    return tasks;
  }

  /// The one of that name.
  ///
  /// @throws IllegalArgumentException if there is none
  public IconTask named(String name) {
    return tasks.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no task '%s'; there are %s"
                        .formatted(name, tasks.stream().map(IconTask::name).toList())));
  }
}
