"""What students are known to write in `dense_layers`: wrong, with what they should read; and right, in another way."""

from fractions import Fraction

from autograder import Equivalent, Mistake, Variant

MISTAKES = [
    # --- Layer
    Mistake(
        name="derivative_without_the_chain",
        stub="Layer.backward",
        right="return grad_output",
        wrong="return np.ones(np.shape(grad_output))",
        sentence="The derivative is 1, and the chain rule multiplies the gradient that came in by it.",
    ),
    Mistake(
        name="input_passed_back",
        stub="Layer.backward",
        right="return grad_output",
        wrong="return input",
        sentence="What travels backward is the gradient, not the batch.",
    ),
    Mistake(
        name="identity_as_large_as_the_batch",
        stub="Layer.backward",
        right="return grad_output",
        wrong="return np.dot(grad_output, np.eye(input.shape[0]))",
        sentence="The identity has a row for each unit. Which axis of the input counts the units?",
    ),
    Mistake(
        name="forward_returns_nothing",
        stub="Layer.forward",
        right="return input",
        wrong="self.output = input",
        sentence="A layer hands its output on: what does forward return?",
    ),
    Mistake(
        name="batch_flattened",
        stub="Layer.forward",
        right="return input",
        wrong="return np.ravel(input)",
        sentence="The output keeps a row for each sample.",
    ),
    # --- ReLu.forward
    Mistake(
        name="leaky",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        wrong="np.maximum(0.01 * input, input)",
        sentence="relu is exactly 0 below zero; what leaks through is another function.",
    ),
    Mistake(
        name="relu_in_place",
        stub="ReLu.forward",
        right="return np.maximum(0, input)",
        wrong="input[input < 0] = 0\n    return input",
        sentence="The batch that was handed in is changed, and the way back needs it. Make a new array.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="absolute_values",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        wrong="np.abs(input)",
        sentence="A negative number becomes 0; it does not change its sign.",
    ),
    Mistake(
        name="capped_at_one",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        wrong="np.clip(input, 0, 1)",
        sentence="Above zero nothing changes, however large the number is.",
    ),
    Mistake(
        name="positive_entries_only",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        wrong="input[input > 0]",
        sentence="Picking by a condition flattens the array; negative entries become 0 and keep their places.",
    ),
    Mistake(
        name="mask_for_relu",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        wrong="1.0 * (input > 0)",
        sentence="This is relu's derivative. Above zero relu gives the number itself.",
    ),
    # --- ReLu.backward
    Mistake(
        name="mask_of_the_gradient",
        stub="ReLu.backward",
        right="input > 0",
        wrong="grad_output > 0",
        sentence="The input decides what is let through; a gradient may well be negative.",
    ),
    Mistake(
        name="relu_of_the_gradient",
        stub="ReLu.backward",
        right="grad_output * (input > 0)",
        wrong="np.maximum(0, grad_output)",
        sentence="relu is not applied to the gradient. Where was the input above zero?",
    ),
    Mistake(
        name="mask_alone",
        stub="ReLu.backward",
        right="grad_output * (input > 0)",
        wrong="1.0 * (input > 0)",
        sentence="This is the layer's own derivative. What does the chain rule do with the gradient that came in?",
    ),
    Mistake(
        name="mask_inverted",
        stub="ReLu.backward",
        right="input > 0",
        wrong="input < 0",
        sentence="Where the input was above zero the gradient passes; where it was below it stops.",
    ),
    Mistake(
        name="times_the_output",
        stub="ReLu.backward",
        right="grad_output * (input > 0)",
        wrong="grad_output * np.maximum(0, input)",
        sentence="The gradient is multiplied by relu's derivative, not by relu itself. How steep is it above zero?",
    ),
    Mistake(
        name="relu_gradient_in_place",
        stub="ReLu.backward",
        right="return grad_output * (input > 0)",
        wrong="grad_output[input <= 0] = 0\n    return grad_output",
        sentence="The gradient that was handed in is changed. Make a new array.",
    ),
    Mistake(
        name="leak_on_the_way_back",
        stub="ReLu.backward",
        right="(input > 0)",
        wrong="np.where(input > 0, 1.0, 0.01)",
        sentence="Where the input was below zero nothing comes back.",
    ),
    # --- Dense.__init__
    Mistake(
        name="weights_of_zero",
        stub="Dense.__init__",
        right="np.random.normal(0, 0.01, (input_units, output_units))",
        wrong="np.zeros((input_units, output_units))",
        sentence="With weights of zero all units of a layer stay alike for ever.",
    ),
    Mistake(
        name="weights_transposed",
        stub="Dense.__init__",
        right="(input_units, output_units))",
        wrong="(output_units, input_units))",
        sentence="The weights have one row for each input and one column for each output.",
    ),
    Mistake(
        name="weights_not_small",
        stub="Dense.__init__",
        right="np.random.normal(0, 0.01, (input_units, output_units))",
        wrong="np.random.randn(input_units, output_units)",
        sentence="The weights are to be small: which standard deviation do they have now?",
    ),
    Mistake(
        name="weights_above_zero",
        stub="Dense.__init__",
        right="np.random.normal(0, 0.01, (input_units, output_units))",
        wrong="np.random.rand(input_units, output_units) * 0.01",
        sentence="The weights lie around zero, on both sides of it.",
    ),
    Mistake(
        name="equal_columns",
        stub="Dense.__init__",
        right="np.random.normal(0, 0.01, (input_units, output_units))",
        wrong="np.random.normal(0, 0.01, (input_units, 1)) * np.ones(output_units)",
        sentence="All units start with the same weights, and will learn the same. Each weight is drawn for itself.",
    ),
    Mistake(
        name="seed_inside",
        stub="Dense.__init__",
        right="self.learning_rate = learning_rate",
        wrong="self.learning_rate = learning_rate\n    np.random.seed(42)",
        sentence="All layers of a size get the same weights: is a seed set inside, or are arrays kept?",
    ),
    Mistake(
        name="random_biases",
        stub="Dense.__init__",
        right="np.zeros(output_units)",
        wrong="np.random.normal(0, 0.01, output_units)",
        sentence="Only the weights start at random. What do the biases start with?",
    ),
    Mistake(
        name="biases_for_the_inputs",
        stub="Dense.__init__",
        right="np.zeros(output_units)",
        wrong="np.zeros(input_units)",
        sentence="A bias belongs to an output: how many are there?",
    ),
    Mistake(
        name="biases_as_a_row",
        stub="Dense.__init__",
        right="np.zeros(output_units)",
        wrong="np.zeros((1, output_units))",
        sentence="The biases have the shape (output_units,), one axis and not two.",
    ),
    Mistake(
        name="rate_always_the_same",
        stub="Dense.__init__",
        right="self.learning_rate = learning_rate",
        wrong="self.learning_rate = 0.1",
        sentence="The learning rate that was handed in is not used.",
    ),
    Mistake(
        name="rate_under_another_name",
        stub="Dense.__init__",
        right="self.learning_rate = learning_rate",
        wrong="self.lr = learning_rate",
        sentence="Other code relies on the attribute's name, self.learning_rate.",
    ),
    Mistake(
        name="another_default_rate",
        stub="Dense.__init__",
        right="learning_rate=0.1",
        wrong="learning_rate=0.01",
        sentence="Look at the first line of __init__: what is the learning rate if nothing is said?",
    ),
    # --- Dense.forward
    Mistake(
        name="biases_forgotten",
        stub="Dense.forward",
        right=" + self.biases",
        wrong="",
        sentence="Where do the biases come in?",
    ),
    Mistake(
        name="weights_turned",
        stub="Dense.forward",
        right="input @ self.weights",
        wrong="input @ self.weights.T",
        sentence="(N, input_units) times (input_units, output_units) fits as it is: no transpose is needed.",
    ),
    Mistake(
        name="entry_by_entry",
        stub="Dense.forward",
        right="input @ self.weights",
        wrong="input * self.weights",
        sentence="* multiplies entry by entry. Which operator is the product of matrices?",
    ),
    Mistake(
        name="relu_inside",
        stub="Dense.forward",
        right="return input @ self.weights + self.biases",
        wrong="return np.maximum(0, input @ self.weights + self.biases)",
        sentence="The bend is a layer of its own; a dense layer is linear.",
    ),
    Mistake(
        name="biases_pile_up",
        stub="Dense.forward",
        right="return input @ self.weights + self.biases",
        wrong="self.biases = self.biases + input @ self.weights\n    return self.biases",
        sentence="forward only computes: the layer's biases are the same afterwards.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="input_centred",
        stub="Dense.forward",
        right="return input @",
        wrong="input -= np.mean(input)\n    return input @",
        sentence="The input is used as it comes, and -= changes the caller's array.",
    ),
    # --- Dense.backward
    Mistake(
        name="stepped_before_passed_back",
        stub="Dense.backward",
        right="    return grad_input",
        wrong="    return grad_output @ self.weights.T",
        sentence="What is returned has to be computed with the weights from before the step.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="only_the_biases_averaged",
        stub="Dense.backward",
        right=" / len(input)",
        wrong="",
        sentence="The biases' gradient is averaged over the batch and that of the weights is not. Treat both alike.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="only_the_weights_averaged",
        stub="Dense.backward",
        right="np.mean(grad_output, axis=0)",
        wrong="np.sum(grad_output, axis=0)",
        sentence="The weights' gradient is averaged over the batch and that of the biases is not. Treat both alike.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="divided_by_the_units",
        stub="Dense.backward",
        right=" / len(input)",
        wrong=" / input.shape[1]",
        sentence="The batch has as many samples as the input has rows. By what do you divide?",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="passed_back_averaged",
        stub="Dense.backward",
        right="grad_output @ self.weights.T",
        wrong="grad_output @ self.weights.T / len(input)",
        sentence="What is returned has a row for each sample and is not divided; otherwise each layer divides again.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="one_number_for_all_biases",
        stub="Dense.backward",
        right="np.mean(grad_output, axis=0)",
        wrong="np.mean(grad_output)",
        sentence="Every unit has a bias of its own; the mean is over the samples only.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="biases_over_the_units",
        stub="Dense.backward",
        right="np.mean(grad_output, axis=0)",
        wrong="np.mean(grad_output, axis=1)",
        sentence="Over which axis are the samples, and over which the units?",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="uphill",
        stub="Dense.backward",
        right="self.weights - self.learning_rate * grad_weights",
        wrong="self.weights + self.learning_rate * grad_weights",
        sentence="The step goes against the gradient.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="biases_never_move",
        stub="Dense.backward",
        right="self.biases = self.biases - self.learning_rate * grad_biases",
        wrong="pass",
        sentence="The biases learn, too.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="nothing_moves",
        stub="Dense.backward",
        right=(
            "    self.weights = self.weights - self.learning_rate * grad_weights\n"
            "    self.biases = self.biases - self.learning_rate * grad_biases\n"
        ),
        wrong="    self.grad_weights, self.grad_biases = grad_weights, grad_biases\n",
        sentence="backward takes the step itself: which attributes change?",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="step_without_the_rate",
        stub="Dense.backward",
        right="self.learning_rate * grad_weights",
        wrong="grad_weights",
        sentence="How large is the step, and what says so?",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="step_of_a_fixed_rate",
        stub="Dense.backward",
        right="    self.weights = self.weights - self.learning_rate * grad_weights\n",
        wrong="    self.weights = self.weights - 0.1 * grad_weights\n",
        sentence="Layers may have other learning rates than 0.1. Which attribute holds it?",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="input_multiplied_by_itself",
        stub="Dense.backward",
        right="input.T @ grad_output",
        wrong="input.T @ (input @ self.weights)",
        sentence="The weights' gradient is made of the input and of grad_output.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="gradient_times_itself_transposed",
        stub="Dense.backward",
        right="grad_output @ self.weights.T",
        wrong="grad_output @ self.weights",
        sentence="Compare the shapes: (N, output_units) is to become (N, input_units).",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="weights_gradient_transposed",
        stub="Dense.backward",
        right="input.T @ grad_output / len(input)",
        wrong="grad_output.T @ input / len(input)",
        sentence="The gradient of the weights has the shape of the weights.",
        share=Fraction(1, 6),
    ),
    Mistake(
        name="rate_in_what_is_returned",
        stub="Dense.backward",
        right="grad_output @ self.weights.T",
        wrong="self.learning_rate * grad_output @ self.weights.T",
        sentence="The learning rate belongs to this layer's step, not to what the layer before is told.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="gradient_divided_in_place",
        stub="Dense.backward",
        right=(
            "grad_weights = input.T @ grad_output / len(input)  # (input_units, output_units)\n"
            "    grad_biases = np.mean(grad_output, axis=0)"
        ),
        wrong=(
            "grad_output /= len(input)\n"
            "    grad_weights = input.T @ grad_output\n"
            "    grad_biases = np.sum(grad_output, axis=0)"
        ),
        sentence="/= writes into the gradient that was handed in.",
        share=Fraction(1, 40),
    ),
    Mistake(
        name="biases_become_a_row",
        stub="Dense.backward",
        right="np.mean(grad_output, axis=0)",
        wrong="np.mean(grad_output, axis=0, keepdims=True)",
        sentence="After the step the biases have one axis more than before.",
        share=Fraction(1, 40),
    ),
    Mistake(
        name="weights_divided_again",
        stub="Dense.backward",
        right="input.T @ grad_output",
        wrong="input.T @ grad_output / len(input)",
        sentence="The weights' gradient is averaged over the batch and that of the biases is not. Treat both alike.",
        share=Fraction(1, 6),
        convention="summing",
    ),
    Mistake(
        name="biases_divided_again",
        stub="Dense.backward",
        right="np.sum(grad_output, axis=0)",
        wrong="np.mean(grad_output, axis=0)",
        sentence="The biases' gradient is averaged over the batch and that of the weights is not. Treat both alike.",
        share=Fraction(1, 6),
        convention="summing",
    ),
    Mistake(
        name="summed_and_stepped_too_early",
        stub="Dense.backward",
        right="    return grad_input",
        wrong="    return grad_output @ self.weights.T",
        sentence="What is returned has to be computed with the weights from before the step.",
        share=Fraction(1, 6),
        convention="summing",
    ),
    # --- softmax_crossentropy_with_logits
    Mistake(
        name="logits_not_shifted",
        stub="softmax_crossentropy_with_logits",
        right="logits - np.max(logits, axis=-1, keepdims=True)",
        wrong="np.asarray(logits)",
        sentence="For large logits the exponential is infinite. A shift of each row changes nothing but that.",
    ),
    Mistake(
        name="one_shift_for_the_batch",
        stub="softmax_crossentropy_with_logits",
        right="np.max(logits, axis=-1, keepdims=True)",
        wrong="np.max(logits)",
        sentence="A row far below the largest number of the batch ends as the logarithm of 0. Each row has a maximum.",
    ),
    Mistake(
        name="logarithm_with_an_epsilon",
        stub="softmax_crossentropy_with_logits",
        right="np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers",
        wrong="-np.log(np.exp(of_answers) / np.sum(np.exp(shifted), axis=-1) + 1e-12)",
        sentence="A small number inside the logarithm caps the loss: the second form of the formula needs none.",
    ),
    Mistake(
        name="mean_of_the_losses",
        stub="softmax_crossentropy_with_logits",
        right="np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers",
        wrong="np.mean(np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers)",
        sentence="There is a loss for each sample; the mean is taken later, in train.",
    ),
    Mistake(
        name="sum_over_the_samples",
        stub="softmax_crossentropy_with_logits",
        right="np.sum(np.exp(shifted), axis=-1)",
        wrong="np.sum(np.exp(shifted), axis=0)",
        sentence="The sum runs over the classes of one sample. Which axis is that?",
    ),
    Mistake(
        name="loss_of_the_other_sign",
        stub="softmax_crossentropy_with_logits",
        right="np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers",
        wrong="of_answers - np.log(np.sum(np.exp(shifted), axis=-1))",
        sentence="A loss is never negative: look at the signs.",
    ),
    Mistake(
        name="probability_for_loss",
        stub="softmax_crossentropy_with_logits",
        right="np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers",
        wrong="np.exp(of_answers) / np.sum(np.exp(shifted), axis=-1)",
        sentence="This is the probability of the right class. What is the loss made of it?",
    ),
    Mistake(
        name="largest_logit_for_the_right_one",
        stub="softmax_crossentropy_with_logits",
        right="shifted[np.arange(len(shifted)), reference_answer]",
        wrong="np.max(shifted, axis=-1)",
        sentence="The class with the largest logit need not be the right one.",
    ),
    Mistake(
        name="logarithm_to_base_two",
        stub="softmax_crossentropy_with_logits",
        right="np.log(np.sum",
        wrong="np.log2(np.sum",
        sentence="The logarithm is the natural one.",
    ),
    Mistake(
        name="logits_changed",
        stub="softmax_crossentropy_with_logits",
        right="shifted = logits - np.max(logits, axis=-1, keepdims=True)",
        wrong="logits -= np.max(logits, axis=-1, keepdims=True)\n    shifted = logits",
        sentence="-= writes into the logits that were handed in.",
    ),
    # --- eval_numerical_gradient
    Mistake(
        name="one_sided_difference",
        stub="eval_numerical_gradient",
        right="(f(above) - f(below)) / (2 * h)",
        wrong="(f(above) - f(x)) / h",
        sentence="The central difference takes the function on both sides of x.",
    ),
    Mistake(
        name="divided_by_h_alone",
        stub="eval_numerical_gradient",
        right="(2 * h)",
        wrong="h",
        sentence="How far apart are the two points at which f was taken?",
    ),
    Mistake(
        name="precedence",
        stub="eval_numerical_gradient",
        right="/ (2 * h)",
        wrong="/ 2 * h",
        sentence="a / 2 * h is a half of a, times h. Where do parentheses belong?",
    ),
    Mistake(
        name="h_written_out",
        stub="eval_numerical_gradient",
        right="gradient = np.zeros(x.shape)",
        wrong="h = 1e-5\n    gradient = np.zeros(x.shape)",
        sentence=(
            "With a large h these are the values of a much smaller one, or of another formula. "
            "Is it (f(x + h) - f(x - h)) / (2 h), with the h that is handed in?"
        ),
    ),
    Mistake(
        name="all_entries_at_once",
        stub="eval_numerical_gradient",
        right="above[index] += h\n        below[index] -= h",
        wrong="above += h\n        below -= h",
        sentence="Only one entry is moved at a time: f then tells what this one does.",
    ),
    Mistake(
        name="first_axis_only",
        stub="eval_numerical_gradient",
        right="np.ndindex(x.shape)",
        wrong="range(len(x))",
        sentence="In a matrix x[i] is a whole row. How do you go through all entries of any shape?",
    ),
    Mistake(
        name="entries_not_put_back",
        stub="eval_numerical_gradient",
        right="above, below = x.copy(), x.copy()\n        above[index] += h\n        below[index] -= h",
        wrong="above, below = x, x.copy()\n        above[index] += h\n        below[index] -= h",
        sentence="An entry that was moved stays moved: put it back before the next one.",
    ),
    Mistake(
        name="the_wrong_way_round",
        stub="eval_numerical_gradient",
        right="f(above) - f(below)",
        wrong="f(below) - f(above)",
        sentence="If f grows with an entry, the gradient there is positive.",
    ),
    Mistake(
        name="numbers_cut_off",
        stub="eval_numerical_gradient",
        right="np.zeros(x.shape)",
        wrong="np.zeros(x.shape, dtype=int)",
        sentence="What becomes of 0.5 when it is written into an array of integers?",
    ),
    # --- grad_softmax_crossentropy_with_logits
    Mistake(
        name="divided_twice",
        stub="grad_softmax_crossentropy_with_logits",
        right="return softmax - ones_for_answers",
        wrong="return (softmax - ones_for_answers) / len(softmax)",
        sentence="This does not fit with your Dense.backward: both divide by N. Choose one place.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="never_divided",
        stub="grad_softmax_crossentropy_with_logits",
        right="(softmax - ones_for_answers) / len(logits)",
        wrong="softmax - ones_for_answers",
        sentence="This does not fit with your Dense.backward: neither of them divides by N. One of them has to.",
        share=Fraction(1, 3),
        convention="summing",
    ),
    Mistake(
        name="divided_by_the_classes_only",
        stub="grad_softmax_crossentropy_with_logits",
        right="/ len(logits)",
        wrong="/ logits.shape[1]",
        sentence="The gradient is divided by the number of samples, and not by that of classes.",
        share=Fraction(1, 3),
        convention="summing",
    ),
    Mistake(
        name="only_the_ones_divided",
        stub="grad_softmax_crossentropy_with_logits",
        right="(softmax - ones_for_answers) / len(logits)",
        wrong="softmax - ones_for_answers / len(logits)",
        sentence="The division by N is for the whole difference. Where do parentheses belong?",
        share=Fraction(1, 3),
        convention="summing",
    ),
    Mistake(
        name="answers_never_subtracted",
        stub="grad_softmax_crossentropy_with_logits",
        right="return softmax - ones_for_answers",
        wrong="return softmax",
        sentence="For the right class the gradient is negative: what is subtracted there?",
    ),
    Mistake(
        name="gradient_of_the_other_sign",
        stub="grad_softmax_crossentropy_with_logits",
        right="softmax - ones_for_answers",
        wrong="ones_for_answers - softmax",
        sentence="A larger logit of the right class makes the loss smaller. Which sign has the gradient there?",
    ),
    Mistake(
        name="gradient_logits_not_shifted",
        stub="grad_softmax_crossentropy_with_logits",
        right="np.exp(logits - np.max(logits, axis=-1, keepdims=True))",
        wrong="np.exp(logits)",
        sentence="For large logits the exponential is infinite. A shift of each row changes nothing but that.",
    ),
    Mistake(
        name="gradient_with_one_shift_for_the_batch",
        stub="grad_softmax_crossentropy_with_logits",
        right="np.max(logits, axis=-1, keepdims=True)",
        wrong="np.max(logits)",
        sentence="A row far below the largest number of the batch becomes 0/0. Each row has a maximum of its own.",
    ),
    Mistake(
        name="softmax_over_the_samples",
        stub="grad_softmax_crossentropy_with_logits",
        right="np.sum(grown, axis=-1, keepdims=True)",
        wrong="np.sum(grown, axis=0, keepdims=True)",
        sentence="Each row of probabilities sums to one. Over which axis do you sum?",
    ),
    Mistake(
        name="not_normalised",
        stub="grad_softmax_crossentropy_with_logits",
        right="grown / np.sum(grown, axis=-1, keepdims=True)",
        wrong="grown",
        sentence="Probabilities sum to one.",
    ),
    Mistake(
        name="gradient_at_the_right_class_alone",
        stub="grad_softmax_crossentropy_with_logits",
        right="return softmax - ones_for_answers",
        wrong="return (softmax - 1) * ones_for_answers",
        sentence="The logits of the other classes have a share in the loss as well.",
    ),
    Mistake(
        name="column_of_the_batch",
        stub="grad_softmax_crossentropy_with_logits",
        right="return softmax - ones_for_answers",
        wrong="softmax[:, reference_answer] -= 1\n    return softmax",
        sentence="[:, answers] takes these columns of all rows. In each row only its own class is meant.",
    ),
    Mistake(
        name="gradient_divided_by_the_classes",
        stub="grad_softmax_crossentropy_with_logits",
        right="return softmax - ones_for_answers",
        wrong="return (softmax - ones_for_answers) / softmax.shape[-1]",
        sentence="If anything, the gradient is divided by the number of samples, and not by that of classes.",
    ),
    Mistake(
        name="gradient_written_into_the_logits",
        stub="grad_softmax_crossentropy_with_logits",
        right="grown = np.exp(logits - np.max(logits, axis=-1, keepdims=True))",
        wrong="logits -= np.max(logits, axis=-1, keepdims=True)\n    grown = np.exp(logits)",
        sentence="-= writes into the logits that were handed in.",
    ),
    # --- forward
    Mistake(
        name="every_layer_gets_the_batch",
        stub="forward",
        right="X = layer.forward(X)\n        activations.append(X)",
        wrong="activations.append(layer.forward(X))",
        sentence="What a layer returns is the input of the next one.",
    ),
    Mistake(
        name="batch_in_the_list",
        stub="forward",
        right="activations = []",
        wrong="activations = [X]",
        sentence="The list holds the outputs of the layers, and the batch is none.",
    ),
    Mistake(
        name="last_layer_left_out",
        stub="forward",
        right="for layer in network:",
        wrong="for layer in network[:-1] or network:",
        sentence="Does the last layer run, too?",
    ),
    Mistake(
        name="logits_alone",
        stub="forward",
        right="return activations",
        wrong="return activations[-1]",
        sentence="The outputs of all layers are wanted; train needs them on the way back.",
    ),
    Mistake(
        name="inputs_for_outputs",
        stub="forward",
        right="X = layer.forward(X)\n        activations.append(X)",
        wrong="activations.append(X)\n        X = layer.forward(X)",
        sentence="What is kept is each layer's output, not its input.",
    ),
    # --- predict
    Mistake(
        name="largest_logit_itself",
        stub="predict",
        right="np.argmax(logits, axis=-1)",
        wrong="np.max(logits, axis=-1)",
        sentence="The number of the class is wanted, not how large its logit is.",
    ),
    Mistake(
        name="largest_over_the_samples",
        stub="predict",
        right="np.argmax(logits, axis=-1)",
        wrong="np.argmax(logits, axis=0)",
        sentence="For each sample the largest of its classes is wanted. Over which axis do you look?",
    ),
    Mistake(
        name="one_class_for_the_batch",
        stub="predict",
        right="np.argmax(logits, axis=-1)",
        wrong="np.argmax(logits)",
        sentence="There is a class for each sample.",
    ),
    Mistake(
        name="first_layer_predicts",
        stub="predict",
        right="forward(network, X)[-1]",
        wrong="forward(network, X)[0]",
        sentence="Which of the outputs are the logits?",
    ),
    Mistake(
        name="least_logit",
        stub="predict",
        right="np.argmax(logits, axis=-1)",
        wrong="np.argmin(logits, axis=-1)",
        sentence="The class with the largest logit is meant.",
    ),
    # --- train
    Mistake(
        name="outputs_for_inputs",
        stub="train",
        right="network[i].backward(inputs[i], gradient)",
        wrong="network[i].backward(activations[i], gradient)",
        sentence="backward is handed the layer's input; the list holds outputs.",
    ),
    Mistake(
        name="batch_for_every_layer",
        stub="train",
        right="network[i].backward(inputs[i], gradient)",
        wrong="network[i].backward(X, gradient)",
        sentence="Each layer had an input of its own on the way forward; X was the first one's.",
    ),
    Mistake(
        name="first_layer_never_learns",
        stub="train",
        right="range(len(network) - 1, -1, -1)",
        wrong="range(len(network) - 1, 0, -1)",
        sentence="Every layer goes backward. With which number does your loop end?",
    ),
    Mistake(
        name="forward_order",
        stub="train",
        right="range(len(network) - 1, -1, -1)",
        wrong="range(len(network))",
        sentence="The gradient comes from the loss: which layer is told first?",
    ),
    Mistake(
        name="gradient_not_passed_on",
        stub="train",
        right="gradient = network[i].backward(inputs[i], gradient)",
        wrong="network[i].backward(inputs[i], gradient)",
        sentence="What backward returns is the gradient for the layer before.",
    ),
    Mistake(
        name="sum_for_mean",
        stub="train",
        right="np.mean(softmax",
        wrong="np.sum(softmax",
        sentence="The mean of the losses is returned, not their sum.",
    ),
    Mistake(
        name="all_losses_returned",
        stub="train",
        right="np.mean(softmax_crossentropy_with_logits(logits, y))",
        wrong="softmax_crossentropy_with_logits(logits, y)",
        sentence="One number is returned, the mean of the losses.",
    ),
    Mistake(
        name="loss_after_the_step",
        stub="train",
        right="    return loss",
        wrong="    return np.mean(softmax_crossentropy_with_logits(forward(network, X)[-1], y))",
        sentence="The loss is the one from before the step.",
    ),
    Mistake(
        name="nothing_returned",
        stub="train",
        right="    return loss",
        wrong="    return None",
        sentence="The mean of the losses is wanted: what does train return?",
    ),
    Mistake(
        name="no_way_back",
        stub="train",
        right="        gradient = network[i].backward(inputs[i], gradient)\n",
        wrong="        pass\n",
        sentence="The layers learn in their backward. Who calls it?",
    ),
    Mistake(
        name="batch_scaled_in_place",
        stub="train",
        right="activations = forward(network, X)",
        wrong="X -= np.mean(X, axis=0)\n    activations = forward(network, X)",
        sentence="The batch is used as it comes, and -= changes the caller's array.",
    ),
    # --- iterate_minibatches
    Mistake(
        name="short_batch_at_the_end",
        stub="iterate_minibatches",
        right="range(0, len(inputs) - batchsize + 1, batchsize)",
        wrong="range(0, len(inputs), batchsize)",
        sentence="Every batch is full; the samples that are left over are left out.",
    ),
    Mistake(
        name="last_full_batch_left_out",
        stub="iterate_minibatches",
        right="len(inputs) - batchsize + 1",
        wrong="len(inputs) - batchsize",
        sentence="Where the samples divide evenly the last batch is full, too. Where does your range end?",
    ),
    Mistake(
        name="one_step_further",
        stub="iterate_minibatches",
        right="len(inputs) - batchsize + 1, batchsize)",
        wrong="len(inputs) - batchsize + 1)",
        sentence="The next batch begins where this one ends.",
    ),
    Mistake(
        name="targets_in_their_old_order",
        stub="iterate_minibatches",
        right="targets[rows]",
        wrong="targets[start : start + batchsize]",
        sentence="Inputs are shuffled and targets are not. Each sample keeps its own target.",
    ),
    Mistake(
        name="never_shuffled",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))",
        wrong="np.arange(len(inputs))",
        sentence="With shuffle=True the order is to be random.",
    ),
    Mistake(
        name="always_shuffled",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))",
        wrong="np.random.permutation(len(inputs))",
        sentence="Without shuffle the samples come in their order.",
    ),
    Mistake(
        name="shuffled_by_default",
        stub="iterate_minibatches",
        right="shuffle=False",
        wrong="shuffle=True",
        sentence="If nothing is said of shuffling, there is none: look at the first line.",
    ),
    Mistake(
        name="same_order_in_each_pass",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs))",
        wrong="np.random.RandomState(0).permutation(len(inputs))",
        sentence="Each pass has the same order: is a seed set inside, or is an order kept?",
    ),
    Mistake(
        name="drawn_with_repetition",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs))",
        wrong="np.random.randint(0, len(inputs), len(inputs))",
        sentence="Some samples come twice in a pass and others never.",
    ),
    Mistake(
        name="callers_arrays_shuffled",
        stub="iterate_minibatches",
        right="order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))",
        wrong=(
            "order = np.arange(len(inputs))\n"
            "    if shuffle:\n"
            "        new = np.random.permutation(len(inputs))\n"
            "        inputs[:], targets[:] = inputs[new], targets[new]"
        ),
        sentence="The caller's arrays are changed. Shuffle the samples' numbers instead.",
    ),
    Mistake(
        name="batches_shuffled_as_a_whole",
        stub="iterate_minibatches",
        right=(
            "for start in range(0, len(inputs) - batchsize + 1, batchsize):\n"
            "        rows = order[start : start + batchsize]\n"
        ),
        wrong=(
            "starts = np.arange(0, len(inputs) - batchsize + 1, batchsize)\n"
            "    if shuffle:\n"
            "        np.random.shuffle(starts)\n"
            "    for start in starts:\n"
            "        rows = np.arange(start, start + batchsize)\n"
        ),
        sentence="The batches come in a random order, but the samples in them stay together.",
    ),
    Mistake(
        name="turned_in_each_pass",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs)) if shuffle",
        wrong="np.roll(np.argsort(np.arange(len(inputs)) * 0.618 % 1), np.random.randint(60)) if shuffle",
        sentence="The order follows a rule, and is turned from pass to pass. It is to be drawn anew.",
    ),
    Mistake(
        name="drawn_once_and_turned",
        stub="iterate_minibatches",
        right="np.random.permutation(len(inputs)) if shuffle",
        wrong="np.roll(np.random.RandomState(1).permutation(len(inputs)), np.random.randint(1, 60)) if shuffle",
        sentence="It is always the same order, turned a little further or less. It is to be drawn anew.",
    ),
]

VARIANTS = [
    # --- Layer
    Variant(
        name="copied",
        stub="Layer.forward",
        source="""
def forward(self, input):
    return np.array(input)
""",
    ),
    Variant(
        name="times_the_identity",
        stub="Layer.backward",
        source="""
def backward(self, input, grad_output):
    slope = np.identity(len(input[0]))
    return grad_output @ slope
""",
    ),
    # --- ReLu
    Variant(
        name="masked",
        stub="ReLu.forward",
        source="""
def forward(self, input):
    return input * (input > 0)
""",
    ),
    Variant(
        name="overwritten_copy",
        stub="ReLu.forward",
        source="""
def forward(self, input):
    output = input.copy()
    output[output < 0] = 0
    return output
""",
    ),
    Variant(
        name="half_of_sum_and_size",
        stub="ReLu.forward",
        source="""
def forward(self, input):
    return (input + np.abs(input)) / 2
""",
    ),
    Variant(
        name="relu_in_single_precision",
        stub="ReLu.forward",
        right="np.maximum(0, input)",
        other="np.maximum(0, np.asarray(input, dtype=np.float32))",
    ),
    Variant(
        name="where_with_one_at_zero",
        stub="ReLu.backward",
        source="""
def backward(self, input, grad_output):
    return np.where(input >= 0, grad_output, 0)
""",
    ),
    Variant(
        name="slope_by_sign",
        stub="ReLu.backward",
        source="""
def backward(self, input, grad_output):
    slope = (np.sign(input) + 1) / 2
    return np.multiply(grad_output, slope)
""",
    ),
    Variant(
        name="gradient_in_a_copy",
        stub="ReLu.backward",
        source="""
def backward(self, input, grad_output):
    grad_input = np.array(grad_output, copy=True)
    grad_input[input <= 0] = 0
    return grad_input
""",
    ),
    Variant(
        name="entry_by_entry_in_loops",
        stub="ReLu.backward",
        source="""
def backward(self, input, grad_output):
    return np.array([
        [g if x > 0 else 0.0 for x, g in zip(row, gradients)] for row, gradients in zip(input, grad_output)
    ])
""",
    ),
    # --- Dense.__init__
    Variant(
        name="scaled_standard_normal",
        stub="Dense.__init__",
        source="""
def __init__(self, input_units, output_units, learning_rate=0.1):
    self.learning_rate = learning_rate
    self.weights = np.random.randn(input_units, output_units) * 0.01
    self.biases = np.zeros(output_units)
""",
    ),
    Variant(
        name="own_generator",
        stub="Dense.__init__",
        source="""
def __init__(self, input_units, output_units, learning_rate=0.1):
    rng = np.random.default_rng()
    self.input_units, self.output_units = input_units, output_units
    self.weights = rng.normal(scale=0.01, size=(input_units, output_units)).astype(np.float32)
    self.biases = np.zeros((output_units,), dtype=np.float32)
    self.learning_rate = float(learning_rate)
""",
    ),
    Variant(
        name="xavier",
        stub="Dense.__init__",
        source="""
def __init__(self, input_units, output_units, learning_rate=0.1):
    self.learning_rate = learning_rate
    spread = np.sqrt(2 / (input_units + output_units))
    self.weights = np.random.normal(loc=0.0, scale=spread, size=(input_units, output_units))
    self.biases = np.array([0.0] * output_units)
""",
    ),
    Variant(
        name="uniform_around_zero",
        stub="Dense.__init__",
        source="""
def __init__(self, input_units, output_units, learning_rate=0.1):
    Layer.__init__(self)
    self.__dict__.update(learning_rate=learning_rate, biases=np.zeros(output_units))
    self.weights = (np.random.rand(input_units, output_units) - 0.5) * 0.05
""",
    ),
    # --- Dense.forward
    Variant(
        name="dot",
        stub="Dense.forward",
        source="""
def forward(self, input):
    self.last_input = input
    return np.dot(input, self.weights) + self.biases
""",
    ),
    Variant(
        name="einsum",
        stub="Dense.forward",
        source="""
def forward(self, input):
    output = np.einsum("ni,ij->nj", input, self.weights)
    output += self.biases
    return output
""",
    ),
    Variant(
        name="transposed_twice",
        stub="Dense.forward",
        source="""
def forward(self, input):
    return (np.matmul(self.weights.T, input.T) + self.biases.reshape(-1, 1)).T
""",
    ),
    Variant(
        name="sample_by_sample",
        stub="Dense.forward",
        source="""
def forward(self, input):
    rows = []
    for x in input:
        row = [b for b in self.biases]
        for i, weights in enumerate(self.weights):
            row = [total + x[i] * w for total, w in zip(row, weights)]
        rows.append(row)
    return np.array(rows)
""",
    ),
    # --- Dense.backward
    Variant(
        name="in_place",
        stub="Dense.backward",
        source="""
def backward(self, input, grad_output):
    grad_input = np.dot(grad_output, self.weights.T)
    self.weights -= self.learning_rate * np.dot(input.T, grad_output) / input.shape[0]
    self.biases -= self.learning_rate * grad_output.mean(axis=0)
    return grad_input
""",
    ),
    Variant(
        name="weights_kept_aside",
        stub="Dense.backward",
        source="""
def backward(self, input, grad_output):
    before = self.weights
    n = grad_output.shape[0]
    grad_weights = np.einsum("ni,nj->ij", input, grad_output) / n
    grad_biases = np.ones(n) @ grad_output / n
    assert grad_weights.shape == self.weights.shape and grad_biases.shape == self.biases.shape
    step = self.learning_rate
    self.weights, self.biases = before - step * grad_weights, self.biases - step * grad_biases
    return np.matmul(before, grad_output.T).T
""",
    ),
    Variant(
        name="accumulated_over_samples",
        stub="Dense.backward",
        source="""
def backward(self, input, grad_output):
    n = len(input)
    grad_weights, grad_biases, rows = np.zeros(self.weights.shape), np.zeros(self.biases.shape), []
    for x, g in zip(input, grad_output):
        grad_weights += np.outer(x, g) / n
        grad_biases += g / n
        rows.append(self.weights @ g)
    self.weights = self.weights - self.learning_rate * grad_weights
    self.biases = self.biases - self.learning_rate * grad_biases
    return np.array(rows)
""",
    ),
    Variant(
        name="backward_in_single_precision",
        stub="Dense.backward",
        right="input.T @ grad_output / len(input)",
        other="input.T.astype(np.float32) @ grad_output.astype(np.float32) / len(input)",
    ),
    Variant(
        name="summed",
        stub="Dense.backward",
        source="""
def backward(self, input, grad_output):
    grad_input = np.dot(grad_output, self.weights.T)
    grad_weights = np.dot(input.T, grad_output)
    grad_biases = grad_output.mean(axis=0) * input.shape[0]
    self.weights = self.weights - self.learning_rate * grad_weights
    self.biases = self.biases - self.learning_rate * grad_biases
    return grad_input
""",
        convention="summing",
    ),
    Variant(
        name="summed_in_place",
        stub="Dense.backward",
        source="""
def backward(self, input, grad_output):
    down = np.einsum("nj,ij->ni", grad_output, self.weights)
    for x, g in zip(input, grad_output):
        self.weights -= self.learning_rate * x[:, np.newaxis] * g
        self.biases -= self.learning_rate * g
    return down
""",
        convention="summing",
    ),
    # --- softmax_crossentropy_with_logits
    Variant(
        name="log_softmax",
        stub="softmax_crossentropy_with_logits",
        source="""
def softmax_crossentropy_with_logits(logits, reference_answer):
    top = logits.max(axis=1, keepdims=True)
    log_softmax = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    return -log_softmax[range(len(logits)), reference_answer]
""",
    ),
    Variant(
        name="logaddexp",
        stub="softmax_crossentropy_with_logits",
        source="""
def softmax_crossentropy_with_logits(logits, reference_answer):
    logits_for_answers = logits[np.arange(len(logits)), reference_answer]
    return -logits_for_answers + np.logaddexp.reduce(logits, axis=-1)
""",
    ),
    Variant(
        name="one_hot_product",
        stub="softmax_crossentropy_with_logits",
        source="""
def softmax_crossentropy_with_logits(logits, reference_answer):
    one_hot = np.eye(logits.shape[1])[reference_answer]
    shift = np.amax(logits, axis=1)
    return shift + np.log(np.exp(logits - shift[:, None]).sum(1)) - (one_hot * logits).sum(1)
""",
    ),
    Variant(
        name="losses_as_a_list",
        stub="softmax_crossentropy_with_logits",
        source="""
def softmax_crossentropy_with_logits(logits, reference_answer):
    losses = []
    for row, answer in zip(logits.tolist(), reference_answer.tolist()):
        top = max(row)
        losses.append(top + math.log(sum(math.exp(a - top) for a in row)) - row[answer])
    return losses
""",
        imports="import math",
    ),
    Variant(
        name="losses_in_single_precision",
        stub="softmax_crossentropy_with_logits",
        source="""
def softmax_crossentropy_with_logits(logits, reference_answer):
    a = np.asarray(logits, dtype=np.float32)
    a = a - a.max(axis=1, keepdims=True)
    losses = np.log(np.exp(a).sum(axis=1)) - a[np.arange(len(a)), reference_answer]
    return losses.tolist()
""",
    ),
    # --- eval_numerical_gradient
    Variant(
        name="moved_and_put_back",
        stub="eval_numerical_gradient",
        source="""
def eval_numerical_gradient(f, x, h=1e-5):
    gradient = np.zeros_like(x)
    entries = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    for _ in entries:
        place = entries.multi_index
        kept = x[place]
        x[place] = kept + h
        right = f(x)
        x[place] = kept - h
        left = f(x)
        x[place] = kept
        gradient[place] = (right - left) / (2 * h)
    return gradient
""",
    ),
    Variant(
        name="unit_vectors",
        stub="eval_numerical_gradient",
        source="""
def eval_numerical_gradient(f, x, h=1e-5):
    slopes = []
    for e in np.eye(x.size):
        step = h * e.reshape(x.shape)
        slopes.append((f(x + step) - f(x - step)) / h / 2)
    return np.array(slopes).reshape(x.shape)
""",
    ),
    Variant(
        name="flat_view_moved",
        stub="eval_numerical_gradient",
        source="""
def eval_numerical_gradient(f, x, h=1e-5):
    moved = np.array(x, dtype=float)
    flat, found = moved.reshape(-1), np.empty(x.size)
    for i in range(flat.size):
        flat[i] += h
        up = f(moved)
        flat[i] -= 2 * h
        found[i] = (up - f(moved)) / (2 * h)
        flat[i] += h
    return found.reshape(x.shape)
""",
    ),
    # --- grad_softmax_crossentropy_with_logits
    Variant(
        name="ones_written_in",
        stub="grad_softmax_crossentropy_with_logits",
        source="""
def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    z = logits - logits.max(axis=1)[:, None]
    p = np.exp(z - np.log(np.exp(z).sum(axis=1))[:, None])
    right = np.zeros(p.shape)
    for row, answer in zip(right, reference_answer):
        row[answer] = 1
    return -right + p
""",
    ),
    Variant(
        name="one_subtracted_at_the_answers",
        stub="grad_softmax_crossentropy_with_logits",
        source="""
def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    result = logits.T - np.max(logits, axis=1)
    result = np.exp(result - np.log(np.exp(result).sum(axis=0))).T
    result[np.arange(result.shape[0]), reference_answer] -= 1.0
    return result
""",
    ),
    Variant(
        name="row_by_row",
        stub="grad_softmax_crossentropy_with_logits",
        source="""
def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    def of_one(row, answer):
        grown = np.exp(row - max(row))
        return grown / grown.sum() - (np.arange(len(row)) == answer)

    return [of_one(row, answer) for row, answer in zip(logits, reference_answer)]
""",
    ),
    Variant(
        name="divided_by_the_samples",
        stub="grad_softmax_crossentropy_with_logits",
        source="""
def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    n = logits.shape[0]
    p = np.exp(logits - np.amax(logits, axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[range(n), reference_answer] -= 1
    return p / n
""",
        convention="summing",
    ),
    Variant(
        name="mean_of_gradients_in_single_precision",
        stub="grad_softmax_crossentropy_with_logits",
        right="np.exp(logits - np.max(logits, axis=-1, keepdims=True))",
        other="np.exp((logits - np.max(logits, axis=-1, keepdims=True)).astype(np.float32))",
        convention="summing",
    ),
    Variant(
        name="gradient_in_single_precision",
        stub="grad_softmax_crossentropy_with_logits",
        source="""
def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    a = np.asarray(logits, dtype=np.float32)
    grown = np.exp(a - a.max(axis=1, keepdims=True))
    return (grown / grown.sum(axis=1, keepdims=True) - np.eye(a.shape[1])[reference_answer]).tolist()
""",
    ),
    # --- forward and predict
    Variant(
        name="outputs_in_a_comprehension",
        stub="forward",
        source="""
def forward(network, X):
    return [X := layer.forward(X) for layer in network]
""",
    ),
    Variant(
        name="recursion",
        stub="forward",
        source="""
def forward(network, X):
    if not network:
        return []
    output = network[0].forward(X)
    return [output] + forward(network[1:], output)
""",
    ),
    Variant(
        name="outputs_as_a_tuple",
        stub="forward",
        source="""
def forward(network, X):
    found = (X,)
    for number in range(len(network)):
        found += (network[number].forward(found[-1]),)
    return found[1:]
""",
    ),
    Variant(
        name="without_forward",
        stub="predict",
        source="""
def predict(network, X):
    for layer in network:
        X = layer.forward(X)
    return [int(np.argmax(row)) for row in X]
""",
    ),
    Variant(
        name="by_probability",
        stub="predict",
        source="""
def predict(network, X):
    *_, logits = forward(network, X)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (grown / grown.sum(axis=1, keepdims=True)).argmax(axis=1)
""",
    ),
    # --- train
    Variant(
        name="inputs_and_layers_in_pairs",
        stub="train",
        source="""
def train(network, X, y):
    outputs = forward(network, X)
    losses = softmax_crossentropy_with_logits(outputs[-1], y)
    down = grad_softmax_crossentropy_with_logits(outputs[-1], y)
    for layer, came_in in reversed(list(zip(network, [X] + list(outputs)))):
        down = layer.backward(came_in, down)
    return losses.mean() if hasattr(losses, "mean") else np.mean(losses)
""",
    ),
    Variant(
        name="own_way_forward",
        stub="train",
        source="""
def train(network, X, y):
    way, output = [], X
    for layer in network:
        way.append((layer, output))
        output = layer.forward(output)
    losses = softmax_crossentropy_with_logits(output, y)
    gradient = grad_softmax_crossentropy_with_logits(output, y)
    while way:
        layer, input = way.pop()
        gradient = layer.backward(input, gradient)
    return float(sum(losses) / len(losses))
""",
    ),
    # --- iterate_minibatches
    Variant(
        name="list_of_batches",
        stub="iterate_minibatches",
        source="""
def iterate_minibatches(inputs, targets, batchsize, shuffle=False):
    if shuffle:
        rng = np.random.default_rng()
        order = rng.permutation(len(inputs))
        inputs, targets = inputs[order], targets[order]
    ends = range(batchsize, len(inputs) + 1, batchsize)
    return [[inputs[end - batchsize : end], targets[end - batchsize : end]] for end in ends]
""",
    ),
    Variant(
        name="slices_or_numbers",
        stub="iterate_minibatches",
        source="""
def iterate_minibatches(inputs, targets, batchsize, shuffle=False):
    mixed = np.random.permutation(len(targets)) if shuffle else None
    for i in trange(len(inputs) // batchsize):
        part = slice(i * batchsize, (i + 1) * batchsize)
        which = part if mixed is None else mixed[part]
        yield inputs[which], targets[which]
""",
        imports="from tqdm import trange",
    ),
    Variant(
        name="shuffled_numbers",
        stub="iterate_minibatches",
        source="""
def iterate_minibatches(inputs, targets, batchsize, shuffle=False):
    indices = list(range(len(inputs)))
    if shuffle:
        random.shuffle(indices)
    while len(indices) >= batchsize:
        batch, indices = indices[:batchsize], indices[batchsize:]
        yield np.array([inputs[i] for i in batch]), np.array([targets[i] for i in batch])
""",
        imports="import random",
    ),
    Variant(
        name="sorted_by_random_keys",
        stub="iterate_minibatches",
        source="""
def iterate_minibatches(inputs, targets, batchsize, shuffle=False):
    keys = np.random.rand(len(inputs)) if shuffle else np.arange(len(inputs))
    order = np.argsort(keys)[: len(inputs) // batchsize * batchsize]
    yield from ((inputs[rows], targets[rows]) for rows in order.reshape(-1, batchsize))
""",
    ),
]

_AS_MANY = "there are as many of the one as of the other"
_LAST_OF_TWO = "a matrix's last axis is axis 1"

EQUIVALENTS = [
    Equivalent(
        "ReLu.backward",
        "return grad_output * (input > 0)",
        "return grad_output * (input >= 0)",
        "the text leaves open what happens where the input is exactly 0",
    ),
    Equivalent(
        "Dense.__init__",
        "self.weights = np.random.normal(0, 0.01, (input_units, output_units))",
        "self.weights = np.random.normal(0, 0.02, (input_units, output_units))",
        "any spread between 0.001 and 0.1 is accepted",
    ),
    Equivalent(
        "Dense.__init__",
        "self.biases = np.zeros(output_units)",
        (
            "self.biases = np.asarray(np.zeros(output_units)).astype(int)",
            "self.biases = np.zeros(output_units, dtype=int)",
        ),
        "whole zeros are zeros, and the step puts new biases in their place",
    ),
    Equivalent(
        "Dense.backward",
        "grad_weights = input.T @ grad_output / len(input)",
        (
            "grad_weights = input.T @ grad_output / len(grad_output)",
            "grad_weights = input.T @ grad_output / len(grad_input)",
        ),
        _AS_MANY,
    ),
    Equivalent(
        "Dense.backward",
        "self.weights = self.weights - self.learning_rate * grad_weights",
        "self.weights -= self.learning_rate * grad_weights",
        "the gradient that is returned has been computed, and the layer's own weights may be changed in place",
    ),
    Equivalent(
        "Dense.backward",
        "self.biases = self.biases - self.learning_rate * grad_biases",
        "self.biases -= self.learning_rate * grad_biases",
        "the layer's own biases may be changed in place",
    ),
    Equivalent(
        "softmax_crossentropy_with_logits",
        "shifted = logits - np.max(logits, axis=-1, keepdims=True)",
        "shifted = logits - np.max(logits, axis=1, keepdims=True)",
        _LAST_OF_TWO,
    ),
    Equivalent(
        "softmax_crossentropy_with_logits",
        "of_answers = shifted[np.arange(len(shifted)), reference_answer]",
        (
            "of_answers = shifted[np.arange(len(logits)), reference_answer]",
            "of_answers = shifted[np.arange(len(reference_answer)), reference_answer]",
        ),
        _AS_MANY,
    ),
    Equivalent(
        "softmax_crossentropy_with_logits",
        "return np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers",
        "return np.log(np.sum(np.exp(shifted), axis=1)) - of_answers",
        _LAST_OF_TWO,
    ),
    Equivalent(
        "eval_numerical_gradient",
        "def eval_numerical_gradient(f, x, h=1e-05):",
        "def eval_numerical_gradient(f, x, h=-1e-05):",
        "a central difference is the same from either side",
    ),
    Equivalent(
        "eval_numerical_gradient",
        "def eval_numerical_gradient(f, x, h=1e-05):",
        "def eval_numerical_gradient(f, x, h=2e-05):",
        "twice the step gives the derivative as exactly as the step",
    ),
    Equivalent(
        "eval_numerical_gradient",
        "gradient = np.zeros(x.shape)",
        "gradient = np.ones(x.shape)",
        "every entry is written over",
    ),
    Equivalent(
        "eval_numerical_gradient",
        "for index in np.ndindex(x.shape):",
        ("for index in list(np.ndindex(x.shape))[::-1]:", "for index in np.ndindex(gradient.shape):"),
        "the same entries, in whatever order",
    ),
    Equivalent(
        "grad_softmax_crossentropy_with_logits",
        "grown = np.exp(logits - np.max(logits, axis=-1, keepdims=True))",
        "grown = np.exp(logits - np.max(logits, axis=1, keepdims=True))",
        _LAST_OF_TWO,
    ),
    Equivalent(
        "grad_softmax_crossentropy_with_logits",
        "softmax = grown / np.sum(grown, axis=-1, keepdims=True)",
        "softmax = grown / np.sum(grown, axis=1, keepdims=True)",
        _LAST_OF_TWO,
    ),
    Equivalent(
        "grad_softmax_crossentropy_with_logits",
        "ones_for_answers = np.reshape(reference_answer, (-1, 1)) == np.arange(softmax.shape[-1])",
        (
            "ones_for_answers = np.reshape(reference_answer, (-1, 1)) == np.arange(logits.shape[-1])",
            "ones_for_answers = np.reshape(reference_answer, (-1, 1)) == np.arange(grown.shape[-1])",
            "ones_for_answers = np.reshape(reference_answer, (-1, 1)) == np.arange(softmax.shape[1])",
        ),
        "logits and softmax have one shape, and its last axis is axis 1",
    ),
    Equivalent(
        "grad_softmax_crossentropy_with_logits",
        "return (softmax - ones_for_answers) / len(logits)",
        (
            "return (softmax - ones_for_answers) / len(reference_answer)",
            "return (softmax - ones_for_answers) / len(grown)",
            "return (softmax - ones_for_answers) / len(softmax)",
            "return (softmax - ones_for_answers) / len(ones_for_answers)",
        ),
        _AS_MANY,
    ),
    Equivalent(
        "predict",
        "return np.argmax(logits, axis=-1)",
        "return np.asarray(np.argmax(logits, axis=-1)).astype(int)",
        "class numbers are whole already",
    ),
    Equivalent(
        "predict",
        "return np.argmax(logits, axis=-1)",
        "return np.argmax(logits, axis=1)",
        _LAST_OF_TWO,
    ),
    Equivalent(
        "train",
        "loss = np.mean(softmax_crossentropy_with_logits(logits, y)); "
        "gradient = grad_softmax_crossentropy_with_logits(logits, y)",
        "gradient = grad_softmax_crossentropy_with_logits(logits, y); "
        "loss = np.mean(softmax_crossentropy_with_logits(logits, y))",
        "neither of the two needs the other",
    ),
    Equivalent(
        "train",
        "inputs = [X, *activations[:-1]]",
        "inputs = [X, *activations[:]]",
        "the logits are one entry more, which no layer asks for",
    ),
    Equivalent(
        "train",
        "for i in range(len(network) - 1, -1, -1):",
        ("for i in range(len(activations) - 1, -1, -1):", "for i in range(len(inputs) - 1, -1, -1):"),
        _AS_MANY,
    ),
    Equivalent(
        "iterate_minibatches",
        "order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))",
        (
            "order = np.random.permutation(len(targets)) if shuffle else np.arange(len(inputs))",
            "order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(targets))",
        ),
        _AS_MANY,
    ),
    Equivalent(
        "iterate_minibatches",
        "order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))",
        "order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs) + 1)",
        "the number behind the last sample's is in no full batch",
    ),
    Equivalent(
        "iterate_minibatches",
        "for start in range(0, len(inputs) - batchsize + 1, batchsize):",
        (
            "for start in range(0, len(targets) - batchsize + 1, batchsize):",
            "for start in range(0, len(order) - batchsize + 1, batchsize):",
        ),
        _AS_MANY,
    ),
]
