package org.lines4j.layers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Looks for patterns from outside in names from outside, for so long and no longer: Java's engine
/// goes back over what it has read, with some patterns for ever, with others until its stack is
/// full.
public final class NameSearch {
  /// More than a hundred characters, all gone over a hundred times from each of them.
  private static final long MOST_READS = 1_000_000;

  /// Of all names together: about a second.
  private static final long MOST_READS_OF_ALL = 300_000_000;

  /// A million rounds of nothing take no reads, but time.
  private static final long MOST_ROUNDS = 1_000_000;

  private static final Pattern REPEAT = Pattern.compile("\\{(\\d{1,10})(?:,(\\d{0,10}))?}");

  private long readsLeft = MOST_READS_OF_ALL;

  /// A search that counts from the beginning.
  public NameSearch() {}

  /// The pattern that `regex` describes.
  ///
  /// @throws PatternSyntaxException if it is none, or one that takes for ever
  public static Pattern compile(String regex) {
    try {
      Pattern pattern = Pattern.compile(regex);
      if (rounds(regex) > MOST_ROUNDS) {
        throw new PatternSyntaxException("it repeats more than a million times", regex, -1);
      }
      return pattern;
    } catch (StackOverflowError e) {
      throw new PatternSyntaxException("it is nested too deeply", regex, -1);
    }
  }

  /// As many as one repetition within the other would make.
  private static double rounds(String regex) {
    double rounds = 1;
    Matcher repeat = REPEAT.matcher(regex);
    while (repeat.find()) {
      String most = repeat.group(2);
      String number = most == null || most.isEmpty() ? repeat.group(1) : most;
      rounds *= Math.max(1, Double.parseDouble(number));
    }
    return rounds;
  }

  /// Whether `pattern` is found in `name`.
  ///
  /// @throws IllegalArgumentException if it cannot be told in good time
  public boolean isFound(Pattern pattern, String name) {
    return find(pattern, name).isFound();
  }

  /// The search for `pattern` in `name`, and whether it was found there.
  record Found(Matcher match, boolean isFound) {}

  /// As [#isFound], with what its groups hold.
  Found find(Pattern pattern, String name) {
    Matcher match = pattern.matcher(new Counted(pattern, name));
    try {
      return new Found(match, match.find());
    } catch (StackOverflowError e) {
      throw tooMuch(pattern, name);
    }
  }

  /// `name` with all that `pattern` finds replaced.
  ///
  /// @param replacement as [Matcher#replaceAll(String)] has it
  /// @throws IllegalArgumentException if it cannot be told in good time, or the replacement is
  ///   wrong
  public String replace(Pattern pattern, String replacement, String name) {
    try {
      return pattern.matcher(new Counted(pattern, name)).replaceAll(replacement);
    } catch (StackOverflowError e) {
      throw tooMuch(pattern, name);
    }
  }

  private static IllegalArgumentException tooMuch(Pattern pattern, String name) {
    return new IllegalArgumentException(
        "the pattern '%s' takes too long to look for in '%s'; write it without repetitions inside of"
                .formatted(pattern, name.length() > 100 ? name.substring(0, 100) + "…" : name)
            + " repetitions, such as (a+)+, or alternatives that begin alike");
  }

  /// A name that counts how often it is read.
  private final class Counted implements CharSequence {
    private final Pattern pattern;
    private final String name;
    private long reads;

    Counted(Pattern pattern, String name) {
      this.pattern = pattern;
      this.name = name;
    }

    @Override
    public char charAt(int index) {
      readsLeft--;
      if (++reads > MOST_READS || readsLeft < 0) {
        throw tooMuch(pattern, name);
      }
      return name.charAt(index);
    }

    @Override
    public int length() {
      return name.length();
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return name.substring(from, to);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
