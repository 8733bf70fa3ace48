package org.lines4j.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.lines4j.layers.LayerRule.Target;

/// The rules file: one rule a line, the first that matches a tensor wins, and tensors that no rule
/// matches are detected automatically.
///
/// ```
/// # regex                      stack    layer, from 1: a number, $N (group N's number) or $N+k
/// ^text\.layers\.(\d+)\.       text     $1+1
/// ^text\.bridge\.              text     12
/// ^lm_head\.                   outside  after
/// ```
///
/// The last two words of a line are the target and all before them is the regex, which may hold
/// blanks and is searched for anywhere in the name. Blank lines and lines that begin with `#` are
/// skipped.
public final class LayerRules {
  private static final Pattern LINE = Pattern.compile("(\\S.*\\S|\\S)\\s+(\\S+)\\s+(\\S+)");
  private static final Pattern LAYER =
      Pattern.compile("(?<number>\\d{1,6})|\\$(?<group>\\d{1,2})(?:\\+(?<plus>\\d{1,6}))?");

  private LayerRules() {}

  /// The rules on `lines`.
  ///
  /// @param fileName for messages
  /// @throws IllegalArgumentException naming file and line, what was expected and what was found
  public static List<LayerRule> parse(String fileName, List<String> lines) {
    List<LayerRule> rules = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        rules.add(rule(line, fileName + ":" + (i + 1)));
      }
    }
    return List.copyOf(rules);
  }

  private static LayerRule rule(String line, String where) {
    Matcher fields = LINE.matcher(line);
    if (!fields.matches()) {
      throw wrong(where, "REGEX STACK LAYER or REGEX outside before|after", line, null);
    }
    String regex = fields.group(1);
    Target target = target(fields.group(2), fields.group(3), where);
    try {
      return new LayerRule(NameSearch.compile(regex), target, where);
    } catch (PatternSyntaxException e) {
      throw wrong(where, "a regular expression (" + e.getDescription() + ")", regex, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  private static Target target(String stack, String layer, String where) {
    if (stack.equals("outside")) {
      return switch (layer) {
        case "before" -> new Target.ToOutside(Place.Side.BEFORE);
        case "after" -> new Target.ToOutside(Place.Side.AFTER);
        default -> throw wrong(where, "before or after", layer, null);
      };
    }
    Matcher match = LAYER.matcher(layer);
    if (!match.matches()) {
      throw wrong(where, "a layer: a number, $N or $N+k", layer, null);
    }
    String number = match.group("number");
    if (number != null) {
      return new Target.ToLayer(stack, OptionalInt.empty(), Integer.parseInt(number));
    }
    String plus = match.group("plus");
    int offset = plus == null ? 0 : Integer.parseInt(plus);
    return new Target.ToLayer(
        stack, OptionalInt.of(Integer.parseInt(match.group("group"))), offset);
  }

  private static IllegalArgumentException wrong(
      String where, String expected, String found, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        where + ": expected " + expected + ", found: " + found, cause);
  }
}
