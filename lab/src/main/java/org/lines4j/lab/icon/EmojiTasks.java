package org.lines4j.lab.icon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lines4j.lab.icon.Emoji.Sign;
import org.lines4j.lab.icon.Emoji.Vendor;
import org.lines4j.lab.icon.PictureTask.Example;

/// Questions about emoji, which Unicode answers.
final class EmojiTasks {
  private static final String PACKAGE = "emoji-datasource";
  private static final String FLAGS = "Flags";
  private static final int MOST_SUBGROUPS = 36;

  private EmojiTasks() {}

  static List<PictureTask> all(Packages packages) throws IOException {
    NpmPackage source = packages.named(PACKAGE);
    List<Sign> signs = Emoji.read(source, packages.read(source));
    return List.of(
        task(
            "emoji-group",
            "Which group does an emoji of Apple's belong to?",
            "npm %s (pictures: Apple's, all rights reserved)".formatted(source),
            signs,
            Vendor.APPLE,
            Sign::group,
            signs.stream().map(Sign::group).distinct().sorted().toList()),
        task(
            "emoji-subgroup",
            "Which subgroup does an emoji of Google's belong to?",
            "npm %s (pictures: Noto Emoji, Apache-2.0)".formatted(source),
            signs,
            Vendor.GOOGLE,
            Sign::subgroup,
            largest(signs)));
  }

  private static List<String> largest(List<Sign> signs) {
    Map<String, Long> sizes =
        signs.stream()
            .filter(sign -> !sign.group().equals(FLAGS))
            .collect(Collectors.groupingBy(Sign::subgroup, TreeMap::new, Collectors.counting()));
    return sizes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_SUBGROUPS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static PictureTask task(
      String name,
      String question,
      String source,
      List<Sign> signs,
      Vendor vendor,
      Function<Sign, String> answer,
      List<String> answers) {
    Map<String, List<Example>> others = new TreeMap<>();
    for (Vendor other : Vendor.values()) {
      if (other != vendor) {
        others.put(other.word(), examples(signs, other, answer, answers));
      }
    }
    return new PictureTask(
        name,
        question,
        source,
        answers.stream().map(EmojiTasks::words).toList(),
        examples(signs, vendor, answer, answers),
        others);
  }

  private static List<Example> examples(
      List<Sign> signs, Vendor vendor, Function<Sign, String> answer, List<String> answers) {
    List<Example> examples = new ArrayList<>();
    for (Sign sign : signs) {
      int label = answers.indexOf(answer.apply(sign));
      Picture picture = sign.pictures().get(vendor);
      if (label >= 0 && picture != null) {
        examples.add(new Example("emoji " + sign.family(), label, picture));
      }
    }
    return examples;
  }

  private static String words(String answer) {
    return answer.toLowerCase(Locale.ROOT).replace("&", "and").replace('-', ' ');
  }
}
