package org.lines4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;
import org.lines4j.tune.Hyperparameter.Range;
import picocli.CommandLine.ITypeConverter;

/// What a search is over: `weights,density=0.1..0.9,method`.
///
/// @param scaling how α and β are searched; empty for the usual way
/// @param parameters of the merge method
/// @param isOverMethods whether methods are compared
record SearchWords(
    Optional<SearchMixin.Searched> scaling, List<Word> parameters, boolean isOverMethods) {
  private static final Pattern WORD =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_-]*)(?:=(\\S+?)\\.\\.(\\S+))?");

  /// A parameter, and where it is searched.
  record Word(String name, Optional<Range> range) {}

  /// Reads the words.
  static SearchWords parse(String text) {
    Set<String> scalings = new LinkedHashSet<>();
    List<Word> parameters = new ArrayList<>();
    boolean isOverMethods = false;
    for (String part : text.split(",", -1)) {
      Matcher word = WORD.matcher(part.strip());
      if (!word.matches()) {
        throw wrong(text);
      }
      switch (word.group(1)) {
        case "gamma", "alpha", "beta" -> scalings.add(word.group(1));
        case "alpha-beta" -> scalings.addAll(List.of("alpha", "beta"));
        case "lambda", "profile", "profiles" -> {
          // uniform scaling's is always searched, and so are profiles
        }
        case "method", "methods" -> isOverMethods = true;
        case String name -> parameters.add(new Word(name, range(word, text)));
      }
    }
    return new SearchWords(scaling(scalings, text), parameters, isOverMethods);
  }

  private static Optional<Range> range(Matcher word, String text) {
    if (word.group(2) == null) {
      return Optional.empty();
    }
    try {
      double low = Double.parseDouble(word.group(2));
      return Optional.of(new Range(low, Double.parseDouble(word.group(3)), false));
    } catch (NumberFormatException e) {
      throw wrong(text);
    }
  }

  private static Optional<SearchMixin.Searched> scaling(Set<String> words, String text) {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    boolean isGamma = words.contains("gamma");
    boolean isAlpha = words.contains("alpha");
    if ((isGamma && words.size() > 1) || (isAlpha && words.size() == 1)) {
      throw wrong(text);
    }
    return Optional.of(
        isGamma
            ? SearchMixin.Searched.GAMMA
            : isAlpha ? SearchMixin.Searched.ALPHA_BETA : SearchMixin.Searched.BETA);
  }

  private static RequestException wrong(String text) {
    return RequestException.expected(
        "--search",
        "gamma, beta or alpha-beta, and words such as weights, density=0.1..0.9, method",
        "'" + text + "'");
  }

  /// For picocli.
  static final class Converter implements ITypeConverter<SearchWords>, Iterable<String> {
    Converter() {}

    @Override
    public SearchWords convert(String value) {
      return parse(value);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.asList("gamma", "beta", "alpha-beta", "weights", "density", "method")
          .iterator();
    }
  }
}
