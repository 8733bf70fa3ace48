package org.lines4j.lab.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The tasks that there are. Reading their artifacts takes a second or two.
public final class TextTasks {
  private final List<TextTask> tasks;

  private TextTasks(List<TextTask> tasks) {
    this.tasks = List.copyOf(tasks);
  }

  /// All of them.
  public static TextTasks read() throws IOException {
    List<TextTask> tasks = new ArrayList<>(WordNetTasks.all());
    tasks.add(EmojiTask.make());
    tasks.add(LanguageTask.make());
    return new TextTasks(tasks);
  }

  /// In the order of tables.
  public List<TextTask> all() {
    return tasks;
  }

  /// The one of that name.
  ///
  /// @throws IllegalArgumentException if there is none
  public TextTask named(String name) {
    return tasks.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no task '%s'; there are %s"
                        .formatted(name, tasks.stream().map(TextTask::name).toList())));
  }
}
