package org.lines4j.lab.icon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.lab.icon.PictureTask.Example;

/// Questions about icons, which their designers answer: the category that each is in, if it is in
/// one alone.
///
/// @param name the task's
/// @param question for tables
/// @param sets the packages' names behind `@iconify-json/`
/// @param dropped categories that pictures do not tell
/// @param fewest icons of a category that counts
/// @param most icons that are taken of a category
/// @param categories how many are taken at most, the largest
/// @param style what names of the same thing in other styles differ by
record CategoryTasks(
    String name,
    String question,
    List<String> sets,
    Set<String> dropped,
    int fewest,
    int most,
    int categories,
    Pattern style) {
  private static final String PREFIX = "@iconify-json/";
  private static final Pattern NOTHING = Pattern.compile("$^");
  private static final long SEED = 5;

  private static final List<CategoryTasks> ALL =
      List.of(
          new CategoryTasks(
              "iconpark",
              "Which category of IconPark is an icon in?",
              List.of("icon-park-outline", "icon-park-solid", "icon-park"),
              Set.of("Others", "Base", "Operate", "Brand", "Components", "Life"),
              60,
              240,
              Integer.MAX_VALUE,
              NOTHING),
          new CategoryTasks(
              "mdi",
              "Which category of Material Design Icons is an icon in?",
              List.of("mdi"),
              Set.of("Form", "Places"),
              40,
              160,
              30,
              Pattern.compile("-(outline|variant|off|box|circle)\\b.*")),
          new CategoryTasks(
              "health",
              "Which category of Health Icons is an icon in?",
              List.of("healthicons"),
              Set.of("Objects", "Shapes"),
              30,
              Integer.MAX_VALUE,
              Integer.MAX_VALUE,
              Pattern.compile("-(outline|24px|negative).*$")));

  /// An icon of one category.
  private record Candidate(IconSet.Icon icon, boolean hasColours) {
    String category() {
      return icon.categories().getFirst();
    }
  }

  static List<PictureTask> all(Packages packages) throws IOException {
    List<PictureTask> tasks = new ArrayList<>();
    for (CategoryTasks task : ALL) {
      tasks.add(task.make(packages));
    }
    return tasks;
  }

  private PictureTask make(Packages packages) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    for (String set : sets) {
      NpmPackage source = packages.named(PREFIX + set);
      sources.add("%s (%s)".formatted(source, source.licence()));
      IconSet read = IconSet.read(source, packages.read(source));
      read.icons().stream()
          .filter(icon -> icon.categories().size() == 1)
          .filter(icon -> !dropped.contains(icon.categories().getFirst()))
          .forEach(icon -> candidates.add(new Candidate(icon, read.hasColours())));
    }
    List<String> answers = largest(candidates);
    return new PictureTask(
        name,
        question,
        "npm " + String.join(", ", sources),
        answers.stream().map(CategoryTasks::words).toList(),
        examples(candidates, answers),
        Map.of());
  }

  private List<String> largest(List<Candidate> candidates) {
    Map<String, Long> sizes =
        candidates.stream()
            .collect(
                Collectors.groupingBy(Candidate::category, TreeMap::new, Collectors.counting()));
    return sizes.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(categories)
        .filter(entry -> entry.getValue() >= fewest)
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<Example> examples(List<Candidate> candidates, List<String> answers) {
    Collections.shuffle(candidates, new Random(SEED));
    Map<String, Integer> taken = new HashMap<>();
    return candidates.stream()
        .filter(candidate -> answers.contains(candidate.category()))
        .filter(candidate -> taken.merge(candidate.category(), 1, Integer::sum) <= most)
        .toList()
        .parallelStream()
        .map(candidate -> example(candidate, answers))
        .filter(example -> !example.picture().isBlank())
        .toList();
  }

  private Example example(Candidate candidate, List<String> answers) {
    String thing = style.matcher(candidate.icon().name()).replaceFirst("");
    return new Example(
        name + " " + thing,
        answers.indexOf(candidate.category()),
        candidate.icon().svg().draw(candidate.hasColours()));
  }

  private static String words(String category) {
    return category
        .toLowerCase(Locale.ROOT)
        .replace("&", "and")
        .replace(" / ", " ")
        .replace(" + ", " ");
  }
}
