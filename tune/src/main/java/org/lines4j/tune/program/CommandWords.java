package org.lines4j.tune.program;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.error.RequestException;

/// Splits a command into words.
final class CommandWords {
  private static final char NONE = 0;

  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean isWord;

  private CommandWords() {}

  /// The words of `command`, at spaces. Between single quotes everything stands for itself; between
  /// double quotes and outside, a backslash takes the meaning from a quote, a space or a backslash
  /// behind it, and stands for itself before anything else.
  ///
  /// @throws RequestException if a quote is not closed, or there is no word
  static List<String> split(String command) {
    return new CommandWords().read(command);
  }

  private List<String> read(String command) {
    char quote = NONE;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      boolean isEscape = c == '\\' && quote != '\'' && isSpecial(command, i + 1);
      if (isEscape) {
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
