package org.lines4j.lab.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.fellbaum.jemoji.Emoji;
import net.fellbaum.jemoji.EmojiManager;
import org.lines4j.lab.text.TextTask.Example;

/// Names of emoji, by Unicode's groups of them.
final class EmojiTask {
  private static final String SOURCE = "Unicode 16 emoji, Maven net.fellbaum:jemoji:1.5.2";
  private static final int MOST_OF_CLASS = 200;

  /// As prompts call them, by what Unicode calls them.
  private enum Group {
    SMILEYS_AND_EMOTION("a face or an emotion"),
    PEOPLE_AND_BODY("a person or a part of the body"),
    ANIMALS_AND_NATURE("an animal or a plant"),
    FOOD_AND_DRINK("food or drink"),
    TRAVEL_AND_PLACES("a place or a means of travel"),
    ACTIVITIES("a sport, a game or an activity"),
    OBJECTS("an object"),
    SYMBOLS("a symbol or a sign"),
    FLAGS("a flag");

    private final String phrase;

    Group(String phrase) {
      this.phrase = phrase;
    }
  }

  private EmojiTask() {}

  static TextTask make() {
    List<Group> groups = List.of(Group.values());
    List<Example> examples = new ArrayList<>();
    EmojiManager.getAllEmojis().stream()
        .filter(emoji -> !emoji.getDescription().contains("skin tone"))
        .sorted(Comparator.comparing(Emoji::getUnicode))
        .forEach(
            emoji -> {
              String name = emoji.getGroup().name();
              for (int label = 0; label < groups.size(); label++) {
                if (groups.get(label).name().equals(name)) {
                  examples.add(new Example(text(emoji), label));
                }
              }
            });
    List<String> classes = groups.stream().map(group -> group.phrase).toList();
    return new TextTask(
        "emoji",
        "Which group does an emoji's name belong to?",
        SOURCE,
        classes,
        List.of("%s", "an emoji of %s", "a picture of %s", "the name of %s"),
        Balanced.of(examples, classes.size(), MOST_OF_CLASS));
  }

  /// A flag's name begins with what it is.
  private static String text(Emoji emoji) {
    return emoji.getDescription().replaceFirst("^flag: ", "");
  }
}
