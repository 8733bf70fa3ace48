package org.lines4j.tune.program;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;

/// Splits a command into words.
final class CommandWords {
  private static final char NONE = 0;

  /// Pipes, lists, redirections, and what is replaced by variables' values or commands' output.
  private static final Pattern SHELL =
      Pattern.compile("\\|{1,2}|&{1,2}|;|<{1,3}|>{1,2}|`|\\$(?=[A-Za-z_{(])");

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean isWord;

  private CommandWords() {}

  /// The words of `command`, at spaces. Between single quotes everything stands for itself; between
  /// double quotes and outside, a backslash takes the meaning from a quote, a space or a backslash
  /// behind it, and stands for itself before anything else; at the end of a line it joins the next.
  ///
  /// @throws RequestException if a quote is not closed, there is no word, or something outside
  ///   quotes takes a shell
  static List<String> split(String command) {
    return new CommandWords().read(command);
  }

  private List<String> read(String command) {
    char quote = NONE;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      boolean isEscape = c == '\\' && quote != '\'' && isSpecial(command, i + 1);
      if (c == '\\' && quote == NONE && command.startsWith("\n", i + 1)) {
        i++; // the command goes on in the next line
        end();
      } else if (isEscape) {
        i++;
        add(command.charAt(i));
      } else if (quote != NONE && c == quote) {
        quote = NONE;
      } else if (quote == NONE && (c == '"' || c == '\'')) {
        quote = c;
        isWord = true;
      } else if (quote == NONE && Character.isWhitespace(c)) {
        end();
      } else {
        checkPlain(command, i, quote);
        add(c);
      }
    }
    end();
    if (quote != NONE) {
      throw new RequestException("a quote %s is not closed in: %s".formatted(quote, command));
    }
    if (words.isEmpty()) {
      throw new RequestException("the evaluator's command is empty");
    }
    return List.copyOf(words);
  }

  /// Refuses what a shell would act upon: passed on as a word, it would change the measurement in
  /// silence.
  private static void checkPlain(String command, int at, char quote) {
    Matcher shell = SHELL.matcher(command).region(at, command.length());
    if (quote == NONE && shell.lookingAt()) {
      throw new RequestException(
          "the evaluator's command has %s outside quotes, which takes a shell, and no shell runs it: %s, or put the word in quotes if the program is to get it as it is; found: %s"
              .formatted(shell.group(), advice(command), command));
    }
  }

  private static String advice(String command) {
    return command.contains("'")
        ? "give sh -c '…' with the command between the quotes"
        : "give sh -c '" + command.strip() + "'";
  }

  private static boolean isSpecial(String command, int at) {
    return at < command.length() && " \"'\\".indexOf(command.charAt(at)) >= 0;
  }

  private void add(char c) {
    word.append(c);
    isWord = true;
  }

  private void end() {
    if (isWord) {
      words.add(word.toString());
    }
    word.setLength(0);
    isWord = false;
  }
}
