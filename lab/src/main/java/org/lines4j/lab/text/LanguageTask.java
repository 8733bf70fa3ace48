package org.lines4j.lab.text;

import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.lines4j.lab.text.TextTask.Example;

/// Lists of countries in many languages, by language: all of them written in Latin letters, so that
/// letters alone do not tell.
final class LanguageTask {
  private static final String SOURCE = "Unicode CLDR, Maven com.ibm.icu:icu4j:77.1";
  private static final int TEXTS = 60;
  private static final int NAMES = 4;
  private static final long SEED = 1;

  private static final List<String> LANGUAGES =
      List.of(
          "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "et", "lv", "lt", "pl",
          "cs", "sk", "sl", "hr", "hu", "ro", "sq", "tr", "az", "vi", "id", "sw", "eu", "ca", "cy",
          "ga", "is");

  private LanguageTask() {}

  static TextTask make() {
    List<String> classes = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    List<String> countries = countries();
    for (int label = 0; label < LANGUAGES.size(); label++) {
      ULocale locale = new ULocale(LANGUAGES.get(label));
      LocaleDisplayNames names = LocaleDisplayNames.getInstance(locale);
      classes.add(locale.getDisplayLanguage(ULocale.ENGLISH));
      Random random = new Random(SEED);
      for (int i = 0; i < TEXTS; i++) {
        List<String> drawn = new ArrayList<>();
        for (int n = 0; n < NAMES; n++) {
          drawn.add(names.regionDisplayName(countries.get(random.nextInt(countries.size()))));
        }
        examples.add(new Example(String.join(", ", drawn), label));
      }
    }
    return new TextTask(
        "languages",
        "Which language are names of countries written in?",
        SOURCE,
        classes,
        List.of("%s", "a text in %s", "this is written in %s", "the %s language"),
        Balanced.of(examples, classes.size(), TEXTS));
  }

  private static List<String> countries() {
    return Arrays.stream(ULocale.getISOCountries()).sorted().toList();
  }
}
