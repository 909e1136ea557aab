/** MADE with a wider hidden layer, trained for longer: what the model can do on dynamically binarised MNIST. */
import { madeRecipe } from './made.js'

export default madeRecipe({
  name: 'made-large',
  summary: 'MADE (Germain et al., 2015) with one hidden layer of 3000, on binarised MNIST.',
  hidden: 3000, lr: 2e-3, epochs: 29,
})
