package org.lines4j.lab.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lines4j.lab.image.Split;

class TextTasksTest {
  private static List<TextTask> tasks = List.of();

  @BeforeAll
  static void readTheArtifacts() throws IOException {
    tasks = TextTasks.read().all();
  }

  @Test
  void thereAreNineTasksWithEnoughTextsOfEachClass() {
    assertEquals(
        List.of(
            "nouns",
            "verbs",
            "people",
            "artifacts",
            "animals",
            "foods",
            "topics",
            "emoji",
            "languages"),
        tasks.stream().map(TextTask::name).toList());
    for (TextTask task : tasks) {
      assertTrue(task.examples().size() >= 600, task.name() + " " + task.examples().size());
      assertEquals(4, new HashSet<>(task.prompts().getFirst()).size());
      for (int i = 0; i < task.classes().size(); i++) {
        int label = i;
        long texts = task.examples().stream().filter(e -> e.label() == label).count();
        assertTrue(texts >= 20, task.name() + ": " + task.classes().get(i) + " " + texts);
      }
    }
  }

  @Test
  void noTextIsInTwoPartsAndTheSameSeedDrawsTheSame() {
    for (TextTask task : tasks) {
      Set<String> seen = new HashSet<>();
      for (Split split : Split.values()) {
        Texts drawn = task.draw(11, split, 60, 40, 500);
        assertEquals(drawn.texts(), task.draw(11, split, 60, 40, 500).texts());
        for (String text : drawn.texts()) {
          assertTrue(seen.add(text), task.name() + ": " + text);
        }
      }
      assertFalse(
          task.draw(11, Split.TEST, 60, 40, 500)
              .texts()
              .equals(task.draw(12, Split.TEST, 60, 40, 500).texts()));
    }
  }

  /// `(law) …` would be an answer.
  @Test
  void noDefinitionNamesItsTopicInFront() {
    for (TextTask task : tasks) {
      if (!task.name().equals("emoji")) {
        assertTrue(task.examples().stream().noneMatch(e -> e.text().startsWith("(")), task.name());
      }
    }
  }
}
